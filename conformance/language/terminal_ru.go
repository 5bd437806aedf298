package language

// terminalPhrases are what the command conform prints besides.
var terminalPhrases = map[string]string{
	"version %s":                    "версия %s",
	"%s; %d calls in %s; seed %d":   "%s; вызовов — %d, длительность — %s; начальное число %d",
	"What the skipped checks need:": "Чего не хватает пропущенным проверкам:",
	"… and %d more: --verbose prints all, --report keeps all": "… и ещё %d: --verbose печатает всё, --report сохраняет всё",
	"What did not hold for a reason of its own":               "Не пройдено по отдельной причине",
	"Report":                            "Отчёт",
	"Certificate":                       "Сертификат",
	"RULE\tMARK\tSEVERITY\tSINCE\tTEXT": "ПРАВИЛО\tОТМЕТКА\tВАЖНОСТЬ\tС ВЕРСИИ\tТЕКСТ",
}
