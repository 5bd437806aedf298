package language

import "maps"

// phrases are all Russian texts that are found by their English ones.
var phrases = joined(sentences, reportPhrases, terminalPhrases, pagePhrases)

func joined(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}
