package language

// terminalPhrases are what the command conform prints besides.
var terminalPhrases = map[string]string{
	"version %s":                        "версия %s",
	"%s; %d calls in %s; seed %d":       "%s; вызовов — %d, длительность — %s; начальное число %d",
	"What the skipped checks need:":     "Чего не хватает пропущенным проверкам:",
	"Report":                            "Отчёт",
	"Certificate":                       "Сертификат",
	"RULE\tMARK\tSEVERITY\tSINCE\tTEXT": "ПРАВИЛО\tОТМЕТКА\tВАЖНОСТЬ\tС ВЕРСИИ\tТЕКСТ",
}
