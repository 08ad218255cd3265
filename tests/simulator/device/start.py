"""What child.py runs: puts the folder of the compiled shims on the path and switches the board on.

`micropython start.py LIBRARY SHIMS BLOCKS LANE_BLOCKS WAKE_NS COMPUTE`. All else is compiled beforehand, because heap that
a compiler fills is heap that the firmware would have on a board.
"""
import sys

sys.path.insert(0, sys.argv[2])

import power_on

power_on.main()
