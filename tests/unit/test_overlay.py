"""firmware/system/overlay: what is borrowed works, and is kept by nobody else."""
import sys

from firmware.system import overlay


def test_a_borrowed_module_is_whole_and_leaves_no_trace():
    import firmware.social
    overlay.forget('firmware.social.goals')
    goals = overlay.borrow('firmware.social.goals')
    assert goals.__name__ == 'firmware.social.goals'
    assert 'firmware.social.goals' not in sys.modules and not hasattr(firmware.social, 'goals')
    assert overlay.borrow('firmware.social.goals') is not goals


def test_what_is_not_there_is_forgotten_without_a_word():
    before = set(sys.modules)
    overlay.forget('firmware.social.never_imported')
    assert set(sys.modules) == before
