// Header-only; SwiftPM wants one source file of a C target.
#include "LaneVector.h"
