package sqlmap

import (
	"fmt"
	"slices"
	"strings"
)

// statement is a statement as the database is sent it.
type statement struct {
	name string
	operation
	// text has the database's placeholders, binds the parameters' names in their order.
	text  string
	binds []string
	// routine is what a CALL calls, arguments how many it is given.
	routine   string
	arguments int
}

// args gives the values in the order of the placeholders.
func (s *statement) args(values map[string]any) []any {
	args := make([]any, len(s.binds))
	for i, name := range s.binds {
		args[i] = values[name]
	}
	return args
}

// scanner finds the named parameters of a statement. What two servers may read
// differently (backslashes in quotes, comments in comments) is refused.
type scanner struct {
	*dialect
	in    string
	at    int
	out   strings.Builder
	binds []string
	words []string
	depth int
	// commas on the first level of brackets, and whether anything stands there.
	commas int
	filled bool
}

// compile reads a statement of a mapping.
func compile(name, in string, d *dialect) (*statement, error) {
	op, known := operations[name]
	if !known {
		return nil, fmt.Errorf("there is no statement of this name; the names are %s", strings.Join(Statements(), ", "))
	}
	s := scanner{dialect: d, in: strings.TrimSpace(in)}
	for s.at < len(s.in) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	done := &statement{name: name, operation: op, text: s.out.String(), binds: s.binds}
	if s.filled {
		done.arguments = s.commas + 1
	}
	if err := done.check(s.words); err != nil {
		return nil, err
	}
	return done, nil
}

// check compares a statement with what its operation asks for.
func (s *statement) check(words []string) error {
	first := ""
	if len(words) > 0 {
		first = strings.ToUpper(words[0])
	}
	allowed := []string{"SELECT", "WITH"}
	if s.write {
		allowed = []string{"CALL", "EXEC", "EXECUTE", "SELECT"}
	}
	if !slices.Contains(allowed, first) {
		return fmt.Errorf("it begins with %q; it must begin with %s", first, strings.Join(allowed, " or "))
	}
	if !s.write && slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, "into") }) {
		return fmt.Errorf("a statement that reads has INTO")
	}
	for _, bind := range s.binds {
		if !slices.Contains(s.params, bind) {
			return fmt.Errorf("there is no parameter :%s; the parameters are :%s", bind, strings.Join(s.params, ", :"))
		}
	}
	for _, need := range s.needed {
		if !slices.Contains(s.binds, need) {
			return fmt.Errorf("the parameter :%s is missing", need)
		}
	}
	if !slices.ContainsFunc(s.binds, func(bind string) bool { return bind == "ref" || bind == "card" }) && slices.Contains(s.params, "card") {
		return fmt.Errorf("neither :ref nor :card is used")
	}
	if first == "CALL" && len(words) > 1 {
		s.routine = words[1]
	}
	return nil
}

// next copies one token.
func (s *scanner) next() error {
	c, rest := s.in[s.at], s.in[s.at:]
	if s.depth == 1 && c > ' ' && c != ')' {
		s.filled = true
	}
	switch {
	case c == ';':
		return fmt.Errorf("it has a semicolon; one statement stands alone, without one")
	case c == 0:
		return fmt.Errorf("it has a character that is nothing")
	case c == '\'' && s.qQuotes && s.at > 0 && strings.ContainsRune("qQ", rune(s.in[s.at-1])):
		return fmt.Errorf("it has a q'…' text, whose end is not looked for")
	case c == '\'' || c == '"' || c == '`' && s.backticks:
		return s.quoted(c)
	case c == '[' && s.brackets:
		return s.quoted(']')
	case strings.HasPrefix(rest, "--"):
		return s.line(2)
	case c == '#' && s.hashComments:
		return s.line(1)
	case strings.HasPrefix(rest, "/*"):
		return s.comment()
	case c == '$' && s.dollars:
		return s.dollar()
	case c == ':':
		return s.colon()
	case isWord(c):
		s.word()
		return nil
	case c == '?' && s.placeholder(1) == "?", c == '@' && strings.HasPrefix(strings.ToLower(rest), "@p") && s.brackets:
		return fmt.Errorf("it has the placeholder %q; write a named parameter, such as :card", c)
	case c == '(':
		s.depth++
	case c == ')':
		s.depth--
	case c == ',' && s.depth == 1:
		s.commas++
	}
	s.copy(1)
	return nil
}

func (s *scanner) copy(n int) {
	s.out.WriteString(s.in[s.at : s.at+n])
	s.at += n
}

// quoted copies a quoted text, in which the quote is written twice.
func (s *scanner) quoted(end byte) error {
	for at := s.at + 1; at < len(s.in); at++ {
		switch s.in[at] {
		case '\\':
			return fmt.Errorf("it has a backslash in quotes, which servers read in two ways")
		case end:
			if at+1 < len(s.in) && s.in[at+1] == end {
				at++
				continue
			}
			s.copy(at + 1 - s.at)
			return nil
		}
	}
	return fmt.Errorf("a quote does not end")
}

// line copies a comment to the end of its line.
func (s *scanner) line(mark int) error {
	after := s.in[s.at+mark:]
	if mark == 2 && s.hashComments && after != "" && after[0] > ' ' {
		return fmt.Errorf("it has -- without a space behind it, which is no comment everywhere")
	}
	end := strings.IndexAny(after, "\r\n")
	if end < 0 {
		end = len(after)
	}
	s.copy(mark + end)
	return nil
}

// comment copies a comment. MySQL's /*! */ is none, and PostgreSQL's may be nested.
func (s *scanner) comment() error {
	body, _, ended := strings.Cut(s.in[s.at+2:], "*/")
	switch {
	case !ended:
		return fmt.Errorf("a comment does not end")
	case strings.HasPrefix(body, "!") || strings.HasPrefix(body, "M!"):
		return fmt.Errorf("it has a comment that a server executes")
	case strings.Contains(body, "/*"):
		return fmt.Errorf("it has a comment in a comment, which servers read in two ways")
	}
	s.copy(len(body) + 4)
	return nil
}

// dollar copies PostgreSQL's $tag$ … $tag$.
func (s *scanner) dollar() error {
	tag := s.at + 1
	for tag < len(s.in) && isWord(s.in[tag]) && s.in[tag] != '$' {
		tag++
	}
	if tag == len(s.in) || s.in[tag] != '$' || tag > s.at+1 && isDigit(s.in[s.at+1]) {
		return fmt.Errorf("it has a placeholder with $; write a named parameter, such as :card")
	}
	mark := s.in[s.at : tag+1]
	end := strings.Index(s.in[tag+1:], mark)
	if end < 0 {
		return fmt.Errorf("a text in dollars does not end")
	}
	s.copy(len(mark) + end + len(mark))
	return nil
}

// colon copies a cast or replaces a parameter.
func (s *scanner) colon() error {
	rest := s.in[s.at+1:]
	if strings.HasPrefix(rest, ":") {
		s.copy(2)
		return nil
	}
	end := 0
	for end < len(rest) && isWord(rest[end]) && rest[end] != '$' {
		end++
	}
	if end == 0 || isDigit(rest[0]) {
		return fmt.Errorf("it has a colon that begins no parameter")
	}
	name := rest[:end]
	s.at += 1 + end
	n := slices.Index(s.binds, name) + 1
	if n == 0 || s.eachAlone {
		s.binds = append(s.binds, name)
		n = len(s.binds)
	}
	s.out.WriteString(s.placeholder(n))
	return nil
}

// word copies a word, or names that are joined by dots.
func (s *scanner) word() {
	end := s.at
	for end < len(s.in) && (isWord(s.in[end]) || s.in[end] == '.') {
		end++
	}
	s.words = append(s.words, s.in[s.at:end])
	s.copy(end - s.at)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c == '_' || c == '$' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
