package language

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTheBrowserChooses(t *testing.T) {
	for header, want := range map[string]Language{
		"": English, "ru": Russian, "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7": Russian, "en-GB,en;q=0.9,ru;q=0.8": English, "de-DE,ru;q=0.5": Russian,
		"de, fr": English, "en;q=0.3, ru;q=0.4": Russian, "ru;q=x, en;q=0.1": English, "RU": Russian, "rus": English, "ru;q=0": English,
	} {
		assert.Equal(t, want, Accepted(header, English), header)
	}
	assert.Equal(t, Russian, Accepted("de", Russian))
	_, err := Parse("de")
	assert.Error(t, err)
}

func TestRussianCounts(t *testing.T) {
	for n, want := range map[int]string{0: "0 проверок", 1: "1 проверка", 2: "2 проверки", 5: "5 проверок", 11: "11 проверок", 12: "12 проверок", 21: "21 проверка", 104: "104 проверки", 112: "112 проверок"} {
		assert.Equal(t, want, Russian.Count(n, "check"))
	}
	assert.Equal(t, "1 check", English.Count(1, "check"))
	assert.Equal(t, "0 checks", English.Count(0, "check"))
}

func TestSentencesOfAReport(t *testing.T) {
	assert.Equal(t, "не соответствует: нарушено правил — 3 из 268", Russian.Sentence("not conformant: 3 of 268 rules broken"))
	assert.Equal(t, "укажите data.pool в профиле: номера, переданные «Кошельку» и не выпущенные",
		Russian.Sentence("supply data.pool in the profile: numbers that were handed over to Koshelek and not issued"), "a sentence in a sentence")
	assert.Equal(t, "Остаются клиенты (12) с телефонами 7000… и почтой @x.example, карт — 14: в API нет вызова, который их удаляет.",
		Russian.Sentence("12 customers with phones 7000… and e-mail addresses @x.example stay, with 14 cards: the API has no call that removes them."), "values in another order or number of words")
	assert.Equal(t, "nobody has translated this", Russian.Sentence("nobody has translated this"))
	assert.Equal(t, "the run was read-only", English.Sentence("the run was read-only"))
}

func TestDays(t *testing.T) {
	day := time.Date(2026, 3, 5, 7, 8, 0, 0, time.UTC)
	assert.Equal(t, "5 марта 2026, 07:08 UTC", Russian.Moment(day))
	assert.Equal(t, "5 March 2026, 07:08 UTC", English.Moment(day))
}
