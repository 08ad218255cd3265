"""How long the PN532 model takes for what. All in ns. "Guess" marks what no data sheet or trace at hand says.

Used by every part of the package; tests may read them, and vary behaviour through the chip's attributes instead.
"""
US = 1_000
MS = 1_000_000

# -- host side ------------------------------------------------------------------------------------------------------
ACK_NS = 300 * US                   # last byte of a command to its ACK; the manual allows 15 ms; guess
COMMAND_NS = 400 * US               # ACK to the command's effect, and RF result to its response; guess
RESET_DEAF_NS = 50 * MS             # after RSTPD_N rises nothing is heard for so long; guess
RESET_WAIT_NS = 100 * MS            # a host that speaks earlier is complained of (field practice)
WAKE_BUS_NS = 2 * MS                # host access to awake, SPI and I2C (data sheet: NSS low >= 2 ms)
WAKE_SERIAL_NS = 500 * US           # HSU; nfcpy pauses 1 ms after its bare ACK and gets away with it; guess
WAKE_RF_NS = 500 * US               # field to listening; must be well below the 5 ms guard time; guess
POWER_DOWN_NS = 1 * MS              # response of PowerDown read to asleep
SLEEP_TARGET_NS = 1 * MS            # TgInitAsTarget's ACK read, no field: to asleep; guess

# -- radio ----------------------------------------------------------------------------------------------------------
RFCA_WAIT_NS = 302_065              # ISO 18092 TIDT: 4096/fc without a field before ours goes on
RFCA_STEP_NS = 37_758               # ISO 18092 TRFW: 512/fc, taken 0..3 times at random
RFCA_DETECT_NS = 10 * US            # a field is detected so long after it has come up; guess
GUARD_NS = 5 * MS                   # field on to first request, TIRFG and ISO 14443 alike
ACTIVE_GUARD_NS = 1_100 * US        # active mode: own field on to own response; TARFG is 1024/fc at least; guess
TURNAROUND_NS = 150 * US            # end of a response to the initiator's next frame; guess
NFC_A_ANSWER_NS = 91 * US           # ISO 14443-3 frame delay time of set-up answers
NFC_F_ANSWER_NS = 2_417 * US        # JIS X 6319-4: time to the first slot
NFC_F_SLOT_NS = 1_208 * US
DEP_ANSWER_NS = 250 * US            # answers the target chip gives by itself (ATR, PSL, ATN, ACK, resend); guess
RATS_ANSWER_NS = 250 * US           # guess
POLL_TIMEOUT_NS = 2 * MS            # no SENS_RES, SDD_RES or SEL_RES; guess
POLL_F_TIMEOUT_NS = 4 * MS          # plus one slot time for each slot asked for
POLL_PERIOD_NS = 10 * MS            # between two tries of MxRtyPassiveActivation; guess
RWT_UNIT_NS = 302_065               # response waiting time = unit << WT (ISO 18092), frame waiting likewise (14443-4)
EXTENSION_SHARE = 0.75              # a slow target host: RTOX/WTX leaves after this share of the waiting time; guess
RELEASE_TIMEOUT_NS = 10 * MS        # for RLS_RES, DSL_RES, S(DESELECT); guess
AUTO_POLL_UNIT_NS = 150 * MS        # InAutoPoll's Period


def timeout_ns(code):
    """RFConfiguration item 02: 0 is none (None), n is 100 us << (n - 1)."""
    return None if code == 0 else (100 * US) << (code - 1)
