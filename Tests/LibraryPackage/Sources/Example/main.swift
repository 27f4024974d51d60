import Schedules
import Sparse
import Training

let problem = try Problem(path: CommandLine.arguments[1])
let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: .adam(), epochs: 10, batchSize: 16))
let linear = try Schedule(parsing: "linear").factors(steps: trainer.steps)
print(try trainer.train([Run(learningRate: 0.125, factors: linear)], seed: 1)[0].trainLoss)
