package language

// pagePhrases are the texts of the demo zone's pages.
var pagePhrases = map[string]string{
	// Every page.
	"Koshelek conformance": "Соответствие «Кошельку»",
	"Skip to the content":  "Перейти к содержанию",
	"Site":                 "Сайт", "New run": "Новый прогон", "Runs": "Прогоны", "Language": "Язык",
	"This site runs on your machine and calls only the host that you enter. The login and the password are kept in memory while a run lasts, and nowhere else.": "Этот сайт работает на вашем компьютере и обращается только к серверу, который вы указали. Логин и пароль хранятся в памяти, пока идёт прогон, и больше нигде.",
	"Back to the start": "К началу", "You are here": "Вы здесь", "Start": "Начало",
	"Running, %d %%": "Идёт, %d %%", "Could not run": "Не выполнен", "Stopped": "Остановлен", "Interrupted": "Прерван",

	// The form.
	"Try your host": "Проверьте свой сервер",
	"Every scenario of a card's life is replayed against your host, as Koshelek's backend would. Use a test installation: the API has no call that removes a card.": "Все сценарии жизни карты воспроизводятся на вашем сервере так, как это делал бы «Кошелёк». Используйте тестовую установку: в API нет вызова, который удаляет карту.",
	"The run was not started.": "Прогон не начат.",
	"Mend what is marked below, and enter the login and the password again.": "Исправьте отмеченное ниже и введите логин и пароль ещё раз.",
	"Host": "Сервер", "Address": "Адрес", "Scheme, host and port, without /v1.": "Схема, имя и порт, без /v1.", "Login": "Логин", "Password": "Пароль",
	"Version of the API": "Версия API", "Scenarios": "Сценарии", "Choose all": "Выбрать все", "Choose none": "Снять все", "More options": "Дополнительно",
	"Read only: make no call that writes":          "Только чтение: не делать вызовов с записью",
	"Strict: broken minor rules are failures, too": "Строго: нарушение незначительного правила — тоже нарушение",
	"Do not look at the host's certificate":        "Не проверять сертификат сервера",
	"Partner's profile, a file":                    "Профиль партнёра, файл", "or its text": "или его текст",
	"JSON of at most %d KiB. The command conform profile prints one to begin with.": "JSON, не больше %d КиБ. Команда conform profile печатает образец.",
	"Certificates to trust, a file": "Доверенные сертификаты, файл", "or their text": "или их текст",
	"PEM of at most %d KiB, for a host whose certificate no public authority has signed.": "PEM, не больше %d КиБ: для сервера, сертификат которого не подписан общеизвестным центром.",
	"Seed": "Начальное число", "The same seed makes up the same customers.": "С тем же числом придумываются те же клиенты.", "Start the run": "Начать прогон",
	"Version": "Версия", "Began": "Начат", "Run %d": "Прогон %d", "Nothing was run yet.": "Прогонов ещё не было.", "Compare": "Сравнить", "with": "с",

	// Mistakes in the form.
	"The file could not be read.":                                                            "Файл не удалось прочитать.",
	"The file is larger than %d KiB.":                                                        "Файл больше %d КиБ.",
	"Either choose a file or type the text.":                                                 "Выберите файл или введите текст, но не то и другое.",
	"Enter the address of the host, such as https://shop.example:8443.":                      "Введите адрес сервера, например https://shop.example:8443.",
	"The address must begin with https:// or http:// and name a host.":                       "Адрес должен начинаться с https:// или http:// и содержать имя сервера.",
	"Enter the address alone, without login, query or fragment.":                             "Введите только адрес, без логина, запроса и фрагмента.",
	"Enter the login that the partner handed over.":                                          "Введите логин, который передал партнёр.",
	"Enter the password that the partner handed over. It is asked for again with every run.": "Введите пароль, который передал партнёр. Он запрашивается при каждом прогоне.",
	"Either trust these certificates or do not look at the certificate at all.":              "Либо доверьтесь этим сертификатам, либо не проверяйте сертификат вовсе.",
	"Choose a version.":                                      "Выберите версию.",
	"The profile cannot be read: %s":                         "Профиль не читается: %s",
	"A seed is a whole number.":                              "Начальное число должно быть целым.",
	"Choose at least one scenario.":                          "Выберите хотя бы один сценарий.",
	"%d runs are going on; wait for one of them or stop it.": "Уже идут прогоны (%d); дождитесь окончания одного из них или остановите его.",

	// A run.
	"Checks carried out": "Выполнено проверок", "%d of %d checks are done.": "Выполнено проверок: %d из %d.",
	"No answer for %d s, waiting for %s.":                                 "Нет ответа уже %d с, ожидается %s.",
	"The run could not be carried out.":                                   "Прогон не удалось выполнить.",
	"The run was stopped before its end, so there is no verdict.":         "Прогон остановлен до его окончания, поэтому вердикта нет.",
	"The site ended while this run was going on, so there is no verdict.": "Сайт завершил работу, пока шёл этот прогон, поэтому вердикта нет.",
	"Reports": "Отчёты", "The report to print": "Отчёт для печати", "Run again": "Повторить прогон",
	"With the same settings. The login and the password were not kept, so enter them again.": "С теми же настройками. Логин и пароль не сохранены, поэтому введите их ещё раз.",
	"Change the settings first": "Сначала изменить настройки",
	"Show only checks with":     "Показать только проверки, где есть", "Outcomes": "Результаты", "Shown checks:": "Показано проверок:",
	"The first calls are on their way.": "Первые вызовы отправлены.", "Forget this run": "Удалить этот прогон", "Stop the run": "Остановить прогон",

	// A check.
	"This check did not hold for a reason that it shares with others:": "Эта проверка не пройдена по той же причине, что и другие:",
	"How sure the rule is": "Надёжность правила", "Since version": "С версии", "Severity": "Важность", "Answers judged": "Оценено ответов", "broken: %d": "с нарушением: %d",
	"Calls": "Вызовы", "Expected:": "Ожидалось:", "Request": "Запрос", "Answer": "Ответ", "No answer:": "Нет ответа:", "The same call with curl": "Тот же вызов через curl",
	"It reads the credentials from KOSHELEK_USER and KOSHELEK_PASSWORD.": "Логин и пароль берутся из KOSHELEK_USER и KOSHELEK_PASSWORD.",
	"No call was made, or none is kept for this outcome.":                "Вызовов не было, или для такого результата они не сохраняются.",
	"Checks": "Проверки",

	// Two runs.
	"Run %d and run %d": "Прогон %d и прогон %d", "Rules that differ: %d": "Правил с разным результатом: %d", "Rules that ended alike: %d.": "Правил с одинаковым результатом: %d.",
	"Rule": "Правило", "Change": "Изменение", "better": "лучше", "worse": "хуже", "other": "иначе", "Nothing differs.": "Различий нет.",

	// What is not there.
	"The site has failed": "Сбой сайта", "Not found": "Не найдено", "Not accepted": "Не принято", "Too large": "Слишком много данных",
	"What was sent is too large: all files and texts together may have %d KiB.":                                              "Отправлено слишком много данных: все файлы и тексты вместе — не больше %d КиБ.",
	"This form did not come from this site, or the site was started again since. Load the page again and send it once more.": "Эта форма отправлена не с этого сайта, или сайт был перезапущен. Обновите страницу и отправьте форму ещё раз.",
	"This run is not kept any more. The last %d are.":                                                                        "Этот прогон больше не хранится. Хранятся последние %d.",
	"This check was not carried out in this run.":                                                                            "Эта проверка в этом прогоне не выполнялась.",
	"There is no such report of this run.":                                                                                   "Такого отчёта у этого прогона нет.",
	"The report could not be made.":                                                                                          "Отчёт не удалось составить.",
	"Choose two runs that are kept.":                                                                                         "Выберите два сохранённых прогона.",
	"There is no such page.":                                                                                                 "Такой страницы нет.",
}
