package language

// nouns are the forms for 1, 2 and 5 things.
var nouns = map[string][3]string{
	"call":  {"вызов", "вызова", "вызовов"},
	"check": {"проверка", "проверки", "проверок"},
	"rule":  {"правило", "правила", "правил"},
}
