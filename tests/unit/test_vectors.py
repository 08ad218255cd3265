"""The thirty groups of test vectors that a pin's NFC side must stand, from the host link up to the friendship, and which tests
hold each: one table to read. Below it the files are asked whether every test that it names is there."""
import ast

from tests.simulator.runtime import ROOT

DIALOGUE = 'unit/test_pn532_driver_dialogue.py'
FRAMES = 'unit/test_pn532_driver_frames.py'
CHIP = 'unit/test_pn532_driver_chip.py'
EXCHANGE = 'unit/test_pn532_driver_exchange.py'
DEP = 'unit/test_pn532_model_dep.py'
LINK = 'unit/test_llcp_link.py'
CONNECTION = 'unit/test_llcp_connection.py'
SNEP = 'unit/test_snep.py'
NDEF = 'unit/test_ndef_message.py'
MESSAGES = 'unit/test_messages.py'
VCARD = 'unit/test_vcard.py'
HANDSHAKE = 'unit/test_handshake.py'
DOUBT = 'unit/test_handshake_doubt.py'
MODEL_CHECK = 'unit/test_handshake_model.py'
JOURNAL = 'unit/test_journal.py'
TAG = 'unit/test_tag.py'
TYPE_4 = 'unit/test_type4tag.py'
TYPE_3 = 'unit/test_type3tag.py'
NFCPY = 'interop/test_nfcpy_firmware.py'
PHONE = 'interop/test_phone_firmware.py'
STAGES = 'scenarios/test_stages.py'
LOSSY = 'scenarios/test_lossy_air.py'
FAULTS = 'scenarios/test_faults.py'
CONSISTENCY = 'scenarios/test_consistency.py'
REFUSALS = 'scenarios/test_refusals.py'
FIRST_TAP = 'scenarios/test_first_tap.py'

# number, what happens and what must come of it, the tests
VECTORS = (
    (1, 'a response with a bad length checksum: NACK, at most two more tries, then an error',
     (DIALOGUE, 'test_a_damaged_answer_is_asked_for_again', 'test_an_answer_that_stays_damaged_is_an_error')),
    (2, 'a response with a bad data checksum: the same',
     (DIALOGUE, 'test_a_damaged_answer_is_asked_for_again', 'test_an_answer_that_stays_damaged_is_an_error')),
    (3, 'a response that ends in the middle of a frame: time-out, abort by ACK, in step again',
     (DIALOGUE, 'test_a_damaged_answer_is_asked_for_again', 'test_no_answer_is_a_timeout_and_the_command_is_aborted'),
     (FRAMES, 'test_a_frame_in_pieces_says_how_much_is_missing')),
    (4, 'garbage ahead of the preamble: skipped',
     (DIALOGUE, 'test_garbage_ahead_of_an_answer_is_skipped'), (FRAMES, 'test_garbage_ahead_is_skipped')),
    (5, 'error frame 7F: the command fails, nothing hangs',
     (DIALOGUE, 'test_an_error_frame_is_a_refusal')),
    (6, 'no ACK: sent three times, then the chip is reset',
     (DIALOGUE, 'test_a_command_that_is_not_acknowledged_is_sent_again', 'test_a_mute_chip_is_reset_once_and_reported')),
    (7, 'the response to another command: dropped',
     (DIALOGUE, 'test_the_answer_to_another_command_is_dropped', 'test_a_stale_answer_ahead_of_the_ack_is_dropped')),
    (8, 'LEN 255 in the normal form and FF FF as the extended one; LEN 0 and beyond 265 refused without a buffer for them',
     (FRAMES, 'test_kinds', 'test_the_edge_of_the_extended_form', 'test_the_longest_frame_has_275_bytes',
      'test_a_buffer_that_is_too_small_is_never_overrun')),
    (9, 'the address is not acknowledged by a chip asleep on I2C: asked again after 10 ms',
     (DIALOGUE, 'test_a_sleeping_chip_on_i2c_is_asked_twice', 'test_an_absent_chip_on_i2c_is_mute')),
    (10, 'IRQ is low but nothing is ready: wait, in no busy loop',
     (DIALOGUE, 'test_a_line_that_is_low_without_a_frame_costs_no_busy_loop')),
    (11, 'an activation races the abort of listening: served',
     (DIALOGUE, 'test_an_activation_that_races_the_abort_is_served', 'test_an_activation_already_there_is_not_aborted')),
    (12, 'InJumpForDEP answers 57 01 and no more: nobody there',
     (CHIP, 'test_nobody_there', 'test_what_goes_wrong_with_a_jump')),
    (13, 'activation modes 08, 04, 25, 02, 00, 0C: each to its handler, or left',
     (CHIP, 'test_activations', 'test_no_activation_is_a_crash'), (TAG, 'test_who_gets_which_tag')),
    (14, 'ATR without the LLCP magic, without general bytes, with 48 of them: no crash, and the link ends',
     (LINK, 'test_general_bytes_that_offer_no_link_are_refused'),
     (CHIP, 'test_activations', 'test_general_bytes_of_a_target'),
     (NFCPY, 'test_a_stranger_is_refused_and_the_pin_goes_on')),
    (15, 'RF lost after ATR, after CONNECT, within a card, with READY sent, with READY received: nothing, or in doubt',
     (STAGES, 'test_the_field_goes_at_a_stage'), (CONSISTENCY, 'test_the_field_goes_at_a_frame'),
     (EXCHANGE, 'test_parting_at_any_frame_ends_both_sides_with_a_sentence')),
    (16, 'one DEP frame lost, 5 %, 20 % lost: it still completes',
     (DEP, 'test_any_one_frame_lost_or_damaged_is_made_good',
      'test_with_one_frame_in_five_lost_everything_still_arrives_once'),
     (EXCHANGE, 'test_one_lost_frame_is_repaired'),
     (STAGES, 'test_one_frame_in_twenty_lost_only_costs_time'),
     (LOSSY, 'test_a_tap_ends_in_time_where_one_frame_in_five_is_lost')),
    (17, 'the target asks for more time once, four times',
     (DEP, 'test_a_target_whose_host_thinks_asks_for_more_time', 'test_a_lost_request_for_more_time_is_made_good'),
     (EXCHANGE, 'test_a_host_that_is_busy_writing_flash_loses_nothing')),
    (18, 'LLCP: FRMR; DM 02 and 20; RNR then RR; AGF nested and overlong; unknown PTYPE; a flood of SYMM; an SSAP twice; '
         'CONNECT without a name',
     (CONNECTION, 'test_what_an_open_connection_answers', 'test_it_does_not_send_while_the_peer_is_not_ready',
      'test_the_peer_ends_a_connection'),
     (LINK, 'test_a_refused_connect_says_why', 'test_nonsense_takes_the_link_down', 'test_what_needs_no_answer_gets_none',
      'test_nobody_holds_the_link_for_ever', 'test_connect_is_answered')),
    (19, 'SNEP: version 2.0; length FFFFFFFF; length 65536 with 10 bytes there; GET; no Continue; bytes behind the end',
     (SNEP, 'test_requests_that_are_not_served', 'test_continue_that_never_comes',
      'test_a_fragment_over_the_end_is_a_bad_request', 'test_a_message_begun_and_never_finished')),
    (20, 'NDEF: no message end; chunks; 4 GiB; TNF 7; an id flag without id; empty; two vCards; a type of 64 KiB',
     (NDEF, 'test_malformed_messages_are_refused_with_a_sentence', 'test_chunks_are_put_together',
      'test_a_type_of_64_kib_is_refused'),
     (MESSAGES, 'test_refusals_are_sentences')),
    (21, 'vCard: control bytes, a name of 2000 characters, invalid UTF-8, no FN',
     (VCARD, 'test_refusals_are_sentences'), (HANDSHAKE, 'test_a_bad_card_is_refused_before_anything_is_kept')),
    (22, 'a pin meets itself: ignored',
     (HANDSHAKE, 'test_it_ignores_itself')),
    (23, 'the same two again within 5 s, and after a day: one friend',
     (STAGES, 'test_the_same_two_soon_again_and_a_day_later_are_one_friend'),
     (HANDSHAKE, 'test_meeting_again_counts_nothing_and_refreshes')),
    (24, 'HELLO and READY of an older session: refused',
     (HANDSHAKE, 'test_old_messages_are_of_no_use'), (DOUBT, 'test_an_answer_to_another_hello_settles_nothing')),
    (25, 'two peers in the field: back off',
     (CHIP, 'test_what_goes_wrong_with_a_jump'),
     (DEP, 'test_three_pins_one_is_chosen_by_anticollision_and_the_third_stays_armed'),
     (STAGES, 'test_three_pins_at_once_stay_consistent_and_each_pair_can_still_meet')),
    (26, 'a phone reads the Type 4 Tag: orders of iPhone and Android, Le 0, Le above MLe, offset past the end, writes',
     (TYPE_4, 'test_the_order_of_an_iphone', 'test_the_order_of_android', 'test_reading_at_the_edges',
      'test_nothing_can_be_written', 'test_what_is_not_served_has_its_status_and_changes_nothing'),
     (PHONE, 'test_nfcpy_reads_the_type_4_tag_and_a_tap_right_after_makes_friends')),
    (27, 'Type 3 Tag: a Check of four blocks is 01 A2',
     (TYPE_3, 'test_a_check_that_cannot_be_has_status_01_a2'), (PHONE, 'test_nfcpy_reads_the_type_3_tag')),
    (28, 'flash full, and power cut at each write: consistent after the reboot',
     (JOURNAL, 'test_every_cut_point_of_a_history', 'test_full_flash_leaves_it_as_it_was'),
     (MODEL_CHECK, 'test_two_strangers'),
     (HANDSHAKE, 'test_full_flash_at_each_write_makes_no_friend_and_no_harm'),
     (CONSISTENCY, 'test_the_power_goes_at_a_flash_operation'),
     (FAULTS, 'test_the_power_goes_at_a_flash_write_of_the_tap', 'test_a_full_flash_says_so_and_keeps_what_was'),
     (REFUSALS, 'test_no_room_on_either_flash_makes_no_friends_and_no_harm')),
    (29, 'both start in the same millisecond: they meet; chips whose chance is the same never would',
     (FIRST_TAP, 'test_two_hundred_seeds_all_meet'),
     (DEP, 'test_two_that_poll_at_once_never_hear_each_other_and_seeds_decide')),
    (30, 'a peer keeps the link alive with SYMM for ever: the session ends after 3 s',
     (LINK, 'test_nobody_holds_the_link_for_ever')),
)


def names_in(file):
    """The names of the tests that stand in a file of the table."""
    tree = ast.parse((ROOT / 'tests' / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith('test_')}


def test_every_group_has_its_row():
    assert [row[0] for row in VECTORS] == list(range(1, 31))
    assert all(len(group) > 1 for row in VECTORS for group in row[2:]), 'a file without a test'


def test_every_test_of_the_table_is_there():
    missing = [(row[0], f'{file}::{name}') for row in VECTORS for file, *names in row[2:]
               for name in set(names) - names_in(file)]
    assert missing == []
