import Sparse
import Testing
import Training

@Suite struct TrainingMemoryTests {
  @Test func trainingThatCannotFitIsRefused() throws {
    let problem = Problem(
      name: "text", training: try LIBSVMReader.read(bytes: Array("1 2147483647:1\n2 1:1\n3 1:2\n".utf8), name: "text").data)
    let failure = #expect(throws: ReadingFailure.self) { try problem.checkTrainingMemory(path: "folder/text") }
    #expect(failure?.description.contains("folder/text: error: training 2147483647 features for 3 classes takes about") == true)
    #expect(failure?.exitCode == 65)
  }
}
