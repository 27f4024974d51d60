import Sweeps
import Testing

@testable import Reports

@Suite struct ReportWarningsTests {
  private static let made = SyntheticSweep(seeds: 3).results()

  private func rendered(_ warnings: [String], _ format: Report.Format) throws -> String {
    var results = Self.made
    results.warnings = warnings
    return try Report(results).render(format).text
  }

  private func items(_ markdown: String) -> [Substring] {
    let lines = markdown.split(separator: "\n")
    let start = lines.firstIndex(of: "## Warnings") ?? lines.endIndex
    return Array(lines[start...].dropFirst().prefix { !$0.hasPrefix("#") })
  }

  @Test func linesStayInTheirItem() throws {
    let text = try rendered(["/tmp/d/bad:1:3: error: one\n/tmp/d/bad:2:5: error: two\n- three\n4. four", "other"], .markdown)
    #expect(
      items(text) == [
        #"- bad:1:3: error: one\"#, #"  bad:2:5: error: two\"#, #"  \- three\"#, #"  4\. four"#, "- other",
      ])
    let page = try rendered(["/tmp/d/bad:1:3: error: one\n/tmp/d/bad:2:5: error: two"], .html)
    #expect(page.contains("<li>bad:1:3: error: one<br>bad:2:5: error: two</li>"))
  }

  @Test func markupIsShownAsItIs() throws {
    let warning = #"d/a|b: warning: label "<b>" & `code` of **x** in $a_b$ ~~c~~"#
    #expect(
      try items(rendered([warning], .markdown)) == [
        ##"- a\|b: label "\<b\>" \& \`code\` of \*\*x\*\* in \$a\_b\$ \~\~c\~\~"##
      ])
    #expect(
      try rendered([warning], .html).contains(
        "<li>a|b: label &quot;&lt;b&gt;&quot; &amp; `code` of **x** in $a_b$ ~~c~~</li>"))
  }

  @Test func foldersAreLeftOutOnEveryLine() {
    let shortened = PathShortening([
      "/home/my data/bad file:1:3: error: one\n/home/my data/bad file:2: error: two",
      "/home/my data/x: error: the name 'x' is taken by /home/my data/x.gz; rename one of the two",
      "datasets/seg.gz: warning: feature 3 is the same in every row", "warning: alpha, beta hold the same data",
      "results/runs.jsonl:12: warning: torn; not used", "d/y: error: a ratio and/or d/z, not '/usr/share/w'",
    ]).shortened
    #expect(
      shortened == [
        "bad file:1:3: error: one\nbad file:2: error: two",
        "x: error: the name 'x' is taken by x.gz; rename one of the two",
        "seg.gz: feature 3 is the same in every row", "warning: alpha, beta hold the same data",
        "runs.jsonl:12: torn; not used", "y: error: a ratio and/or z, not 'w'",
      ])
  }

  @Test func equalWarningsAreOne() throws {
    #expect(try items(rendered(["a/x: warning: same", "b/x: warning: same"], .markdown)) == ["- x: same"])
  }
}
