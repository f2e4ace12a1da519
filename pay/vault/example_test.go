package vault_test

import (
	"fmt"

	"tapcard.example/pay/vault"
)

// What an owner allows a card is one number in the vault.
func ExampleSettings_Word() {
	s := vault.Settings{Limits: vault.Limits{PerPayment: 20e6, Daily: 50e6, Monthly: 500e6}, Cooldown: 16}
	word, err := s.Word()
	fmt.Printf("%012x %v\n", word, err)
	s.Daily = 50_123_456
	_, err = s.Word()
	fmt.Println(err)
	// Output:
	// c85326327080 <nil>
	// limit for a day: a limit is a number up to 255 with zeros after it; 50123456 millionths of a token are none
}
