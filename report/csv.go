package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// WriteCSV writes a table as spreadsheet programs open it with a double click: UTF-8 with a byte order mark, lines
// ended by CR LF, cells separated by comma (',' or ';', zero: ','). Cells that a spreadsheet would run as a formula are
// made harmless with a leading apostrophe.
func WriteCSV(w io.Writer, table [][]string, comma rune) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if comma != 0 {
		out.Comma = comma
	}
	row := []string{}
	for _, cells := range table {
		row = row[:0]
		for _, cell := range cells {
			row = append(row, harmless(cell))
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// harmless guards against formula injection (OWASP, "CSV injection"): = + - @, their full-width forms, TAB, CR and LF
// at the start, also after spaces. A plain negative number is left alone.
func harmless(cell string) string {
	trimmed := strings.TrimLeft(cell, " \u00a0\u3000")
	if trimmed == "" || !strings.ContainsAny(trimmed[:firstRune(trimmed)], "=+-@\t\r\n＝＋－＠") {
		return cell
	}
	if trimmed == cell && number(cell) {
		return cell
	}
	return "'" + cell
}

func firstRune(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// number says whether the cell is a minus sign and digits with separators, which no spreadsheet runs.
func number(cell string) bool {
	digits, ok := strings.CutPrefix(cell, "-")
	return ok && digits != "" && strings.Trim(digits, "0123456789.,") == "" && digits[0] >= '0' && digits[0] <= '9'
}
