package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// The commands about who may speak for the owner. Both need the PIN.
const (
	InsSetService = 0x36 // SET SERVICE: URL, keys and MAC key of the approval service, at once; no data: none
	InsSetTime    = 0x38 // SET TIME AUTHORITIES: 0 to 2 keys
)

// MaxKeys is how many keys an approver or the time authorities may have.
const MaxKeys = 2

// Service is an approval service. Two keys are for changing keys: each is enough.
type Service struct {
	URL  string      // 1 to 100 printable ASCII characters
	Keys []PublicKey // one or two, different
	MAC  secret.Bytes
}

// AppendPublic is what everybody may know: length of the URL 1 ‖ URL ‖ number of keys 1 ‖ keys 33 each.
func (s Service) AppendPublic(b []byte) []byte {
	b = append(append(b, byte(len(s.URL))), s.URL...)
	b = append(b, byte(len(s.Keys)))
	for _, k := range s.Keys {
		b = append(b, k[:]...)
	}
	return b
}

// ParseServicePublic reads what AppendPublic writes, and returns what follows it.
func ParseServicePublic(b []byte) (s Service, rest []byte, err error) {
	bad := fmt.Errorf("%w: approval service of %d bytes", ErrFormat, len(b))
	if len(b) < 1 || len(b) < 1+int(b[0])+1 {
		return Service{}, nil, bad
	}
	n := 1 + int(b[0])
	s.URL = string(b[1:n])
	if err := checkURL(s.URL); err != nil {
		return Service{}, nil, err
	}
	count, rest := int(b[n]), b[n+1:]
	if count < 1 || count > MaxKeys || len(rest) < count*KeySize {
		return Service{}, nil, bad
	}
	s.Keys, err = ParseKeys(rest[:count*KeySize])
	return s, rest[count*KeySize:], err
}

// SetServiceCommand replaces the approval service in one step. A MAC key that is not 32 bytes long is refused by the
// card. The data holds the MAC key in the clear: clear it once it is wrapped.
func SetServiceCommand(s Service) iso7816.Command {
	data := s.AppendPublic(nil)
	s.MAC.Reveal(func(key []byte) { data = append(data, key...) })
	return command(InsSetService, 0, 0, data)
}

// RemoveServiceCommand leaves the card without one.
func RemoveServiceCommand() iso7816.Command { return command(InsSetService, 0, 0, nil) }

// ParseService is the card's side.
func ParseService(b []byte) (Service, error) {
	s, rest, err := ParseServicePublic(b)
	if err != nil {
		return Service{}, err
	}
	if err := sized("MAC key", rest, MACKeySize); err != nil {
		return Service{}, err
	}
	s.MAC = secret.Copy(rest)
	return s, nil
}

// SetTimeCommand replaces the time authorities.
func SetTimeCommand(keys []PublicKey) iso7816.Command {
	var data []byte
	for _, k := range keys {
		data = append(data, k[:]...)
	}
	return command(InsSetTime, 0, 0, data)
}

// ParseKeys reads 0 to 2 different keys of 33 bytes.
func ParseKeys(b []byte) ([]PublicKey, error) {
	if len(b)%KeySize != 0 || len(b) > MaxKeys*KeySize {
		return nil, fmt.Errorf("%w: keys of %d bytes", ErrFormat, len(b))
	}
	var keys []PublicKey
	for ; len(b) > 0; b = b[KeySize:] {
		k, err := ParsePublicKey(b[:KeySize])
		if err != nil {
			return nil, err
		}
		if len(keys) == 1 && keys[0] == k {
			return nil, fmt.Errorf("%w: the same key twice", ErrFormat)
		}
		keys = append(keys, k)
	}
	return keys, nil
}
