package tables

import "strings"

// legendWidth is how many characters a line of a legend has at most.
const legendWidth = 80

// Legend lists the columns of a kind of file for the help of its command, those
// marked that a file must have.
func Legend(kind string) string {
	switch kind {
	case "customers":
		return Customers(Conventions{}).legend()
	case "cards":
		return Cards(Conventions{}).legend()
	case "purchases":
		return Purchases().legend()
	case "offers":
		return Offers().legend()
	case "codes":
		return Codes(nil).legend()
	case "drives":
		return Drives().legend()
	case "points":
		return Points(nil).legend()
	case "numbers":
		return Numbers(Conventions{}).legend()
	}
	return ""
}

func (t Table[R]) legend() string {
	var text strings.Builder
	text.WriteString("Columns (* must be there):\n")
	line := " "
	for i, word := range t.marked() {
		if i > 0 {
			line += ","
		}
		if len(line)+len(" ,")+len(word) > legendWidth {
			text.WriteString(line + "\n")
			line = " "
		}
		line += " " + word
	}
	text.WriteString(line + "\n")
	return text.String()
}

// marked lists what a reader looks at.
func (t Table[R]) marked() (words []string) {
	for _, c := range t.Columns {
		switch {
		case c.Read == nil:
		case c.Required:
			words = append(words, c.Name+"*")
		default:
			words = append(words, c.Name)
		}
	}
	return words
}
