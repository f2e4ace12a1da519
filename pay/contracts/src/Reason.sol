// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Why a payment does not settle. A single payment reverts with {Events.Refused}, a batch skips the payment and says
/// so in {Events.Skipped}. The numbers are part of the interface: terminals turn them into sentences.
enum Reason {
    None, //          0  it settles
    Signature, //     1  r, s or the recovery id is no signature with low s
    NotBound, //      2  the signer has no purse here
    Frozen, //        3  the owner froze the purse
    Revoked, //       4  the owner revoked the signer, for good
    ZeroAmount, //    5  nothing to pay
    OverPayment, //   6  above the limit for one payment
    OverBalance, //   7  above the purse's balance
    CounterUsed, //   8  this counter settled before: the payment is done, or another one took its counter
    CounterOld, //    9  more than 16 below the highest settled counter
    Cooldown, //     10  its anchor is too near to the newest settled one
    OverDay, //      11  above what is left of the day's limit
    OverMonth, //    12  above what is left of the month's limit
    Unregistered, // 13  the payee is no merchant
    Room, //         14  the merchant may take no more today: stake, leverage, usual day
    PaysItself, //   15  payee and signer are the same key
    Unattested, //   16  the owner wants a merchant attested by somebody, and this one is not
    Anchor, //       17  the anchor is no multiple of 8, not 3 blocks deep, too old, or of another chain
    Cosigner, //     18  above the purse's own limits, and the phone's signature is missing or wrong
    Approval //      19  a revoked purse pays only what its bonded approver signed before the revocation
}
