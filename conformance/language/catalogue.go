package language

import (
	_ "embed"
	"encoding/json"
	"maps"
	"sync"
)

// ru.json has the Russian texts: rules and scenarios by their IDs, all else by the
// English words. Phrases and answers stand in groups for those who translate.
//
//go:embed ru.json
var russianTexts []byte

// catalogue is the texts of one language.
type catalogue struct {
	rules map[string]string
	// scenarios have a title and what they are about.
	scenarios map[string][2]string
	// nouns have the forms for 1, 2 and 5 things.
	nouns map[string][3]string
	// phrases are what the suite says; answers are what was wrong with an answer and
	// what was expected of it.
	phrases, answers table
}

var russian = sync.OnceValue(func() catalogue {
	var file struct {
		Rules            map[string]string            `json:"rules"`
		Scenarios        map[string][2]string         `json:"scenarios"`
		Nouns            map[string][3]string         `json:"nouns"`
		Phrases, Answers map[string]map[string]string // by group
	}
	if err := json.Unmarshal(russianTexts, &file); err != nil {
		panic(err) // the file is a part of the program
	}
	return catalogue{file.Rules, file.Scenarios, file.Nouns, newTable(joined(file.Phrases)), newTable(joined(file.Answers))}
})

// joined has the texts of all groups.
func joined(groups map[string]map[string]string) map[string]string {
	all := map[string]string{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}
