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

  /// The schedules in a row, each with a piece of its line: for small multiples that have no room for labels of their own.
  mutating func key(_ columns: [ScheduleColumn], at point: Point) {
    var x = point.x
    for column in columns {
      schedule(column) { canvas in
        canvas.curve(
          [.init(x: x, y: point.y - 4), .init(x: x + 24, y: point.y - 4)], "line", dashes: ScheduleStyle(column.name).dashes)
        canvas.circle(.init(x: x + 12, y: point.y - 4), radius: 3, "dot")
        canvas.text(column.title, at: .init(x: x + 30, y: point.y))
      }
      x += 30 + estimatedWidth(column.title) + 18
    }
  }
}

/// Roughly, in pixels, for text of this size.
func estimatedWidth(_ text: String, size: Double = 12) -> Double { Double(text.count) * size * 0.56 }

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
