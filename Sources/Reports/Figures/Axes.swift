extension SVGCanvas {
  /// Grid lines and tick labels of a frame.
  mutating func axes(
    _ frame: Frame, horizontal: [Double], vertical: [Double], horizontalText: (Double) -> String = tickText,
    verticalText: (Double) -> String = tickText
  ) {
    for tick in vertical {
      let y = frame.point(frame.horizontal.low, tick).y
      line(.init(x: frame.left, y: y), .init(x: frame.right, y: y), "grid")
      text(verticalText(tick), at: .init(x: frame.left - 6, y: y + 4), "muted small", anchor: .end)
    }
    for tick in horizontal {
      let x = frame.point(tick, frame.vertical.low).x
      line(.init(x: x, y: frame.bottom), .init(x: x, y: frame.bottom + 4), "axis")
      text(horizontalText(tick), at: .init(x: x, y: frame.bottom + 16), "muted small", anchor: .middle)
    }
    line(.init(x: frame.left, y: frame.bottom), .init(x: frame.right, y: frame.bottom), "axis")
  }

  /// A legend of the schedules in rows, each with a sample of its line, for panels without room for labels of their own.
  mutating func key(_ columns: [ScheduleColumn], at point: Point) {
    for (column, place) in zip(columns, KeyLayout(columns, width: width - 2 * point.x).places) {
      let (x, y) = (point.x + place.x, point.y + place.y)
      let title = fitted(column.title, width: width - 2 * point.x - KeyLayout.line)
      schedule(column) { canvas in
        canvas.curve([.init(x: x, y: y - 4), .init(x: x + 36, y: y - 4)], "line", dashes: column.style.dashes)
        canvas.text(title, at: .init(x: x + KeyLayout.line, y: y), hint: title == column.title ? nil : column.title)
      }
    }
  }
}

/// The positions of legend entries, relative to the first; each row holds as many as fit.
struct KeyLayout {
  static let rowHeight = 20.0
  /// Width of the line sample before each title.
  static let line = 42.0

  private(set) var places: [SVGCanvas.Point] = []
  /// Height of the rows after the first.
  var extraHeight: Double { places.last?.y ?? 0 }

  init(_ columns: [ScheduleColumn], width: Double) {
    var next = SVGCanvas.Point(x: 0, y: 0)
    for column in columns {
      let entry = Self.line + textWidth(column.title)
      if next.x > 0, next.x + entry > width { next = .init(x: 0, y: next.y + Self.rowHeight) }
      places.append(next)
      next.x += entry + 18
    }
  }
}

/// Panels of equal size in rows, as small multiples.
struct PanelGrid {
  let columns: Int
  let count: Int
  let width: Double
  let top: Double
  let panelHeight: Double

  var rows: Int { (count + columns - 1) / columns }
  var height: Double { top + Double(rows) * panelHeight }

  func corner(_ index: Int) -> SVGCanvas.Point {
    SVGCanvas.Point(
      x: Double(index % columns) * width / Double(columns), y: top + Double(index / columns) * panelHeight)
  }
}
