package terminal

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
)

// cell is a text in a table, and how it is painted.
type cell struct {
	text  string
	style *color.Color
}

// table prints rows below a heading, its columns aligned. No cell is wider than half a line, and the last column gets what is left.
type table struct {
	console *console
	rows    [][]cell
}

func newTable(c *console, heading ...string) *table {
	t := &table{console: c}
	cells := make([]cell, len(heading))
	for i, h := range heading {
		cells[i] = cell{h, c.paint.dim}
	}
	t.rows = append(t.rows, cells)
	return t
}

// row adds a row. Texts may be anybody's.
func (t *table) row(cells ...cell) {
	for i := range cells {
		limit := t.console.width()
		if i < len(cells)-1 {
			limit /= 2
		}
		if cells[i].text = flat(cells[i].text, limit); cells[i].text == "" {
			cells[i].text = "-"
		}
		if cells[i].style == nil {
			cells[i].style = t.console.paint.plain
		}
	}
	t.rows = append(t.rows, cells)
}

// gap is what is between two columns.
const gap = 2

// print writes the table; without rows only what stands for nothing.
func (t *table) print(nothing string) error {
	if len(t.rows) == 1 {
		t.console.line(t.console.paint.dim, nothing)
		return nil
	}
	widths := t.widths()
	var b strings.Builder
	for _, row := range t.rows {
		rest := t.console.width()
		last := len(row) - 1
		for i, c := range row[:last] {
			b.WriteString(c.style.Sprint(c.text) + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+gap))
			rest -= widths[i] + gap
		}
		b.WriteString(row[last].style.Sprint(cut(row[last].text, max(rest, 10), false)) + "\n")
	}
	_, err := io.WriteString(t.console.w, b.String())
	return err
}

func (t *table) widths() []int {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	return widths
}
