"""Register names and tables of the LSM6DSO (data sheet DocID 030891, ST's lsm6dso_reg.h). Constants only; used by the model.
"""

FIFO_CTRL1 = 0x07
FIFO_CTRL2 = 0x08
FIFO_CTRL3 = 0x09
FIFO_CTRL4 = 0x0A
INT1_CTRL = 0x0D
INT2_CTRL = 0x0E
WHO_AM_I = 0x0F
CTRL1_XL = 0x10
CTRL2_G = 0x11
CTRL3_C = 0x12
CTRL4_C = 0x13
CTRL5_C = 0x14
CTRL6_C = 0x15
CTRL8_XL = 0x17
CTRL9_XL = 0x18
CTRL10_C = 0x19
WAKE_UP_SRC = 0x1B
TAP_SRC = 0x1C
STATUS_REG = 0x1E
OUT_TEMP_L = 0x20
OUTX_L_A = 0x28
FIFO_STATUS1 = 0x3A
FIFO_STATUS2 = 0x3B
TAP_CFG0 = 0x56
TAP_CFG1 = 0x57
TAP_CFG2 = 0x58
TAP_THS_6D = 0x59
INT_DUR2 = 0x5A
WAKE_UP_THS = 0x5B
WAKE_UP_DUR = 0x5C
MD1_CFG = 0x5E
MD2_CFG = 0x5F
FIFO_DATA_OUT_TAG = 0x78
FIFO_LAST = 0x7E
LAST = 0x7E

WRITABLE = (frozenset(range(FIFO_CTRL1, INT2_CTRL + 1)) | frozenset(range(CTRL1_XL, CTRL10_C + 1))
            | frozenset(range(TAP_CFG0, MD2_CFG + 1)))
RESET_VALUES = {WHO_AM_I: 0x6C, CTRL3_C: 0x04, CTRL9_XL: 0xE0}

SW_RESET, IF_INC, BDU = 0x01, 0x04, 0x40                # CTRL3_C
XL_HM_MODE = 0x10                                       # CTRL6_C: 1 = no high-performance mode
ST_XL = 0x03                                            # CTRL5_C
INT1_FIFO_TH = 0x08                                     # INT1_CTRL
FIFO_MODE, BYPASS, FIFO, CONTINUOUS = 0x07, 0, 1, 6     # FIFO_CTRL4
OVER_RUN_LATCHED, FIFO_FULL, FIFO_OVR, FIFO_WTM = 0x08, 0x20, 0x40, 0x80                # FIFO_STATUS2
LIR, TAP_AXES, SLOPE_FDS, INT_CLR_ON_READ = 0x01, 0x0E, 0x10, 0x40                      # TAP_CFG0
INTERRUPTS_ENABLE = 0x80                                # TAP_CFG2
SINGLE_DOUBLE_TAP = 0x80                                # WAKE_UP_THS
WAKE_THS_W = 0x10                                       # WAKE_UP_DUR
INT1_SINGLE_TAP, INT1_WU, INT1_DOUBLE_TAP = 0x40, 0x20, 0x08                            # MD1_CFG
WU_IA, WU_AXES = 0x08, 0x07                             # WAKE_UP_SRC
TAP_IA, SINGLE_TAP, DOUBLE_TAP = 0x40, 0x20, 0x10       # TAP_SRC

ACCELEROMETER_TAG = 0x02
WORD = 7                                                # bytes of the FIFO's
DEPTH = 512                                             # words: 3 kB of samples with their tags

RATES = {1: 12.5, 2: 26.0, 3: 52.0, 4: 104.0, 5: 208.0, 6: 416.0, 7: 833.0, 8: 1666.0, 9: 3333.0, 10: 6667.0}
RANGES_G = {0: 2, 1: 16, 2: 4, 3: 8}
STEP_MG_AT_2G = 0.061
# uA: from the data sheet where known (high performance 170, power-down 3); low power between 4 and 44 by rate, as a mean
HIGH_PERFORMANCE_UA, LOW_POWER_UA, POWER_DOWN_UA = 170, 26, 3
