package tables

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Workbook is an .xlsx file.
type Workbook struct{ file *excelize.File }

const (
	workbookUnpacked = 512 << 20 // bytes that a workbook unpacks to at most
	workbookInMemory = 16 << 20  // a sheet that is larger is unpacked to a temporary file
)

// IsZip tells by its head whether a file is a ZIP archive, as workbooks are.
func IsZip(file io.ReaderAt) bool {
	head := make([]byte, 4)
	_, err := file.ReadAt(head, 0)
	return err == nil && (string(head) == "PK\x03\x04" || string(head) == "PK\x05\x06") // the second is empty
}

// OpenWorkbook opens an .xlsx file.
func OpenWorkbook(in io.Reader) (*Workbook, error) {
	file, err := excelize.OpenReader(in, excelize.Options{UnzipSizeLimit: workbookUnpacked, UnzipXMLSizeLimit: workbookInMemory, RawCellValue: true})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat), err != nil && strings.Contains(err.Error(), "zip:"):
		return nil, errors.New("this is a ZIP archive or a damaged workbook, neither CSV nor .xlsx; is --format koshelek-registry missing?")
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return nil, fmt.Errorf("the workbook unpacks to more than %d MiB; save the sheet as CSV", workbookUnpacked>>20)
	case err != nil:
		return nil, errors.New("this is a ZIP archive, but no .xlsx workbook that can be read; is --format koshelek-registry missing?")
	case len(file.GetSheetList()) == 0:
		return nil, errors.Join(errors.New("this is a ZIP archive without a sheet, neither CSV nor .xlsx; is --format koshelek-registry missing?"), file.Close())
	}
	return &Workbook{file}, nil
}

// Close removes what was unpacked.
func (w *Workbook) Close() error { return w.file.Close() }

// NewSheetReader is NewReader for a sheet of a workbook.
func NewSheetReader[R any](w *Workbook, table Table[R], how Reading) (*Reader[R], error) {
	sheets := w.file.GetSheetList()
	sheet := how.Sheet
	if sheet == "" {
		sheet = sheets[0]
	} else if !slices.Contains(sheets, sheet) {
		return nil, fmt.Errorf("the workbook has no sheet of this name; --sheet is one of: %s", strings.Join(shownSheets(sheets), ", "))
	}
	lines, err := w.file.Rows(sheet)
	if err != nil {
		return nil, errors.New("the sheet cannot be read")
	}
	r, err := newReader(&sheetRows{rows: lines}, table, how, "xlsx")
	if err != nil && how.Sheet == "" && len(sheets) > 1 {
		return nil, fmt.Errorf("%w; this is the first of %d sheets, --sheet names another one: %s", err, len(sheets), strings.Join(shownSheets(sheets), ", "))
	}
	if err != nil {
		return nil, err
	}
	props, err := w.file.GetWorkbookProps()
	if err != nil {
		return nil, errors.New("the workbook's properties cannot be read")
	}
	since1904 := props.Date1904 != nil && *props.Date1904
	r.days = func(text string) string { return serialDay(text, since1904) }
	return r, nil
}

// shownSheets are names of sheets, masked where they may be of somebody.
func shownSheets(sheets []string) []string {
	shown := slices.Clone(sheets)
	for i, name := range shown {
		if phoneLike.MatchString(name) || strings.ContainsRune(name, '@') {
			shown[i] = Mask(name)
		}
	}
	return shown
}

// sheetRows are the rows of a sheet.
type sheetRows struct {
	rows   *excelize.Rows
	line   int
	fields []string
}

func (s *sheetRows) comma() rune { return ';' }
func (s *sheetRows) full() bool  { return false }

func (s *sheetRows) next() (fields []string, line int, err error) {
	for s.rows.Next() {
		s.line++
		if s.fields, err = s.rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
			return nil, s.line, fault(s.line, "the sheet is damaged here")
		}
		size := 0
		for i, field := range s.fields {
			s.fields[i] = plainNumber(field)
			size += len(field)
		}
		switch {
		case size > MaxRowBytes:
			return nil, s.line, fault(s.line, "the row is longer than %d bytes", MaxRowBytes)
		case len(withoutEnd(s.fields, 0)) > 0:
			return s.fields, s.line, nil
		}
	}
	if s.rows.Error() != nil {
		return nil, s.line, fault(s.line+1, "the sheet is damaged here")
	}
	return nil, s.line, io.EOF
}

func (s *sheetRows) raw() string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = s.comma()
	_ = w.Write(s.fields) // a buffer takes all
	w.Flush()
	return strings.TrimSuffix(out.String(), "\n")
}

var (
	phoneLike        = regexp.MustCompile(`([0-9][^0-9]{0,2}){7}`)
	storedScientific = regexp.MustCompile(`^-?[0-9](\.([0-9]+))?E\+?([0-9]{1,2})$`)
	storedWhole      = regexp.MustCompile(`^-?[0-9]{7,15}\.0+$`)
	storedFraction   = regexp.MustCompile(`^-?[0-9]+\.[0-9]{10,}$`)
)

// plainNumber writes a number as people do that a workbook keeps in its own form. A
// whole number in scientific notation is written out when it has all its digits, and
// a fraction that is off by what binary numbers are is rounded, as the spreadsheet
// shows it.
func plainNumber(text string) string {
	if m := storedScientific.FindStringSubmatch(text); m != nil {
		exponent, err := strconv.Atoi(m[3])
		if value, ok := new(big.Rat).SetString(text); err == nil && ok && value.IsInt() && len(m[2]) == exponent && exponent < 15 {
			return value.Num().String()
		}
		return text
	}
	if storedWhole.MatchString(text) {
		whole, _, _ := strings.Cut(text, ".")
		return whole
	}
	if storedFraction.MatchString(text) {
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			if value, err = strconv.ParseFloat(strconv.FormatFloat(value, 'g', 15, 64), 64); err == nil {
				return strconv.FormatFloat(value, 'f', -1, 64)
			}
		}
	}
	return text
}

// lastSerial is the number of 31 December 9999.
const lastSerial = 2958466

// serialDay turns the number by which a workbook keeps a day or a moment into text.
func serialDay(text string, since1904 bool) string {
	serial, err := strconv.ParseFloat(text, 64)
	if err != nil || serial < 1 || serial >= lastSerial {
		return text
	}
	at, err := excelize.ExcelDateToTime(serial, since1904)
	if err != nil {
		return text
	}
	if at = at.Round(time.Second); at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04:05")
}
