import Sweeps
import Testing

@testable import Reports

@Suite struct FormatTests {
  private func renamed(_ names: [String: String], seeds: Int = 3) -> SweepResults {
    var results = SyntheticSweep(seeds: seeds).results()
    let new = { (name: String) in names[name] ?? name }
    for i in results.problems.indices { results.problems[i].name = new(results.problems[i].name) }
    for i in results.runs.indices { results.runs[i].problem = new(results.runs[i].problem) }
    for i in results.refinements.indices { results.refinements[i].problem = new(results.refinements[i].problem) }
    for i in results.traces.indices { results.traces[i].problem = new(results.traces[i].problem) }
    return results
  }

  private func identifiers(_ text: String) -> [String] {
    text.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
  }

  @Test func identifiersDifferWhereNamesDiffer() throws {
    let results = renamed([
      "glass.scale": "a-1", "letter.scale": "a1", "pendigits": "A1", "vehicle.scale": "\u{E9}", "vowel.scale": "e",
      "wine.scale": "\u{4E2D}",
    ])
    let page = try Report(results).render(.html).text
    #expect(Set(identifiers(page)).count == identifiers(page).count)
    for figure in try Report(results).render(.markdown).figures {
      let ids = identifiers(figure.svg)
      #expect(Set(ids).count == ids.count)
      #expect(ids.allSatisfy { $0.utf8.allSatisfy { byte in byte < 0x80 } })
      for id in ids { #expect(figure.svg.contains("url(#\(id))")) }
    }
    #expect(page.matches(of: /clip-path="url\(#([^)]*)\)"/).allSatisfy { identifiers(page).contains(String($0.1)) })
  }

  @Test func optimizersHaveIdentifiersOfTheirOwn() {
    #expect(
      Reports.identifiers(of: ["adam", "sgd:momentum=0.9", "sgd-momentum-0-9", "Adam", "\u{E9}", "\u{4E2D}"])
        == ["adam", "sgd-momentum-0-9", "sgd-momentum-0-9-2", "Adam-2", "-", "--2"])
  }

  @Test func classesDifferWhereNamesDiffer() {
    let names = ["wsd", "inverse-sqrt", "a b", "ab", "a.b", "\u{E9}", "e", "e\u{301}", "A"]
    #expect(Set(names.map(SVGCanvas.className)).count == names.count)
    #expect(SVGCanvas.className("inverse-sqrt") == "s-inverse-sqrt")
  }

  @Test func markupKeepsWhatItIsGiven() {
    let names = ["a**b**c", "\\", "\\*", "*", "a_b`c`"]
    for name in names {
      #expect(Markup.stripped("x \(Markup.plain(name)) y") == "x \(name) y")
      #expect(Markup.render("**\(Markup.plain(name))**", strong: { "<\($0)>" }, plain: { $0 }) == "<\(name)>")
    }
  }

  @Test func aNoteIsPrintedOnceAndALegendUnderEveryTable() throws {
    var results = SyntheticSweep(
      schedules: ["linear", "flat", "refined", "refined:warmup=0.1"], excess: ["flat": 0.2], seeds: 3
    ).results()
    results.runs.removeAll { $0.schedule.hasPrefix("refined") && $0.problem == "vowel.scale" }
    for index in results.refinements.indices where results.refinements[index].problem == "vowel.scale" {
      results.refinements[index].failure = "a smoothed norm of zero at step 812"
    }
    for refinement in results.refinements {
      var second = refinement
      second.schedule = "refined:warmup=0.1"
      results.refinements.append(second)
    }
    let lines = try Report(results).render(.markdown).text.split(separator: "\n").filter { $0.hasPrefix("- ") }
    let isLegend = { (line: Substring) in Table.Mark.allCases.contains { line.hasPrefix("- \($0.symbol) ") } }
    let notes = lines.filter { !isLegend($0) }
    #expect(Set(notes).count == notes.count)
    #expect(notes.count { $0.contains("vowel.scale has no refined schedule") } == 1)
    #expect(lines.count { $0.hasPrefix("- † separable") } > 2)
    // Tables of LaTeX are copied out one by one.
    let latex = try Report(results).render(.latex).text
    #expect(latex.matches(of: /vowel\.scale has no refined schedule/).count > 1)
  }

  @Test(arguments: [
    ("caf\u{E9}", "caf\\'{e}"), ("cafe\u{301}", "caf\\'{e}"), ("\u{17C}\u{F3}\u{142}w", "\\.{z}\\'{o}\\l{}w"),
    ("Stra\u{DF}e", "Stra\\ss{}e"), ("\u{3B1}\u{2192}\u{3C9}", "$\\alpha$$\\rightarrow$$\\omega$"),
    ("2\u{207B}\u{00B3}", "2$^{-3}$"),
    ("a_b\\{c}", "a\\_b\\textbackslash{}\\{c\\}"), ("\u{1EA5}", "\\'{\\^{a}}"), ("x\u{7}y", "x y"),
  ])
  func latexHasCommandsForAccentsAndSigns(text: String, latex: String) {
    #expect(LaTeXText.escaped(text) == latex)
    #expect(LaTeXText.foreign(LaTeXText.escaped(text)).isEmpty)
  }

  @Test func latexSaysWhichEngineItWants() throws {
    let plain = try Report(renamed(["glass.scale": "verre-\u{E9}t\u{E9}"])).render(.latex).text
    #expect(plain.hasPrefix("\\documentclass"))
    #expect(plain.utf8.allSatisfy { $0 < 0x80 })
    let foreign = try Report(renamed(["glass.scale": "\u{441}\u{442}\u{435}\u{43A}\u{43B}\u{43E}"])).render(.latex).text
    #expect(foreign.hasPrefix("% !TEX program = xelatex\n% Compile with XeLaTeX or LuaLaTeX"))
    #expect(foreign.contains("\\usepackage{fontspec}"))
  }
}
