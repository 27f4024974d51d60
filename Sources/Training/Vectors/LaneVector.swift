import SIMDShims

/// The vector of float lanes that kernels work with: as wide as the machine's registers. Each lane is a run.
typealias LaneVector = lane_vector

/// Lanes of a `LaneVector`.
let laneWidth = Int(lane_vector_width)
