package koshelek

// User is the profile that Koshelek sends when a card is issued or a profile
// changes. An absent or empty field leaves what the partner has. [3P]
type User struct {
	Phone       Text `json:"phone,omitempty"`       // digits with the country code, no plus [3P]
	Email       Text `json:"email,omitempty"`       // [3P]
	Surname     Text `json:"surname,omitempty"`     // [3P]
	Firstname   Text `json:"firstname,omitempty"`   // [3P]
	Patronymic  Text `json:"patronymic,omitempty"`  // [3P]
	Sex         Text `json:"sex,omitempty"`         // m, f, male, female, Cyrillic м or ж [3P]
	BirthDate   Text `json:"birthDate,omitempty"`   // YYYY-MM-DD [3P]
	CountryCode Text `json:"countryCode,omitempty"` // [3P]
	Locality    Text `json:"locality,omitempty"`    // [3P]
}
