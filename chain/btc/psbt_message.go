package btc

// message is the message that a PSBT signs if it is a BIP-322 one, and nil if it is a transaction.
func (p *Packet) message(coins []coin) *string { return nil }

func (r *Review) summariseMessage() {}
