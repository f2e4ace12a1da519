package wire

// The human-readable parts of addresses (BIP-173): main network and test networks.
const (
	mainHRP = "bc"
	testHRP = "tb"
)

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// segwitV0 encodes a witness program of version 0 (BIP-173). This package has an encoder of its own because both sides
// of a card need addresses, and a Bitcoin library is more than codecs may import.
func segwitV0(hrp string, program []byte) string {
	values := append([]byte{0}, fiveBits(program)...)
	out := append([]byte(hrp), '1')
	for _, v := range append(values, bech32Checksum(hrp, values)...) {
		out = append(out, bech32Alphabet[v])
	}
	return string(out)
}

// fiveBits regroups bytes into groups of five bits, the last one padded with zeros.
func fiveBits(b []byte) []byte {
	out := make([]byte, 0, (len(b)*8+4)/5)
	have, bits := uint32(0), 0
	for _, c := range b {
		have, bits = have<<8|uint32(c), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(have>>bits)&31)
		}
	}
	if bits > 0 {
		out = append(out, byte(have<<(5-bits))&31)
	}
	return out
}

// bech32Checksum is the six groups that make the whole a multiple of the generator, up to the constant 1.
func bech32Checksum(hrp string, values []byte) []byte {
	c := uint32(1)
	for i := range len(hrp) {
		c = bech32Step(c, hrp[i]>>5)
	}
	c = bech32Step(c, 0)
	for i := range len(hrp) {
		c = bech32Step(c, hrp[i]&31)
	}
	for _, v := range append(values, 0, 0, 0, 0, 0, 0) {
		c = bech32Step(c, v)
	}
	c ^= 1
	sum := make([]byte, 6)
	for i := range sum {
		sum[i] = byte(c>>(5*(5-i))) & 31
	}
	return sum
}

// bech32Step takes one more group into the checksum: a step of the division by the generator over GF(32).
func bech32Step(c uint32, v byte) uint32 {
	generator := [5]uint32{0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3}
	top := c >> 25
	c = (c&0x1FFFFFF)<<5 ^ uint32(v)
	for i, g := range generator {
		if top>>i&1 == 1 {
			c ^= g
		}
	}
	return c
}
