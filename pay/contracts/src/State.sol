// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The vault's parameters, fixed at deployment. Amounts in 1e-6 token.
struct Params {
    address token; // ERC-20 with at least 6 decimals
    address salt; // a Salt for chains without EIP-2935, else 0
    address arbitrator; // ERC-792, for appeals; 0 = no appeals
    uint64 anchorLife; // W: how many blocks an anchor stays good, 8 to 8,191
    uint32 ownerDelay; // seconds that an owner's loosening takes at least
    uint8 windowDays; // days after a payment's day in which it may be disputed, at most 31
    uint8 decisionDays; // days from opening a case to its decision
    uint8 appealDays; // days in which the loser may appeal
    uint8 silenceDays; // days after which a silent arbitrator leaves the decision as it is
    uint16 ratio; // bad over good, in 1/10,000, above which the buyers win
    uint16 minimumCases; // open cases below which the merchant wins
    uint16 minimumCards; // seasoned cards among them
    uint64 caseStake; // what opening a case takes
    uint64 leastStake; // what registering a merchant takes
    uint64 payerCap; // what one distinct payer adds to a day's weight at most
    uint8 multiple; // room of a day over the decayed daily mean
    uint8 maxLeverage; // in sixteenths
    uint8 leverageStep; // sixteenths gained by a good day
    uint32 slope; // 2^32 divided by the half-life of weights in days
    uint16 feeBps; // burned from what merchants take out, in 1/10,000
    uint16 slashBps; // of the stake, for proven cheating, in 1/10,000
    uint16 penaltyBps; // of a payment whose case the buyer wins, burned from the stake, in 1/10,000
}

/// @notice What only owner and dispute paths read of a purse.
struct Config {
    address owner; // whose tokens they are
    uint16 bornDay; // day of binding
    uint40 upper; // limits with the phone's signature: perTx 12 | daily 12 | monthly 12
    uint16 delayHours; // the owner's own delay, if longer than the vault's
    bool seasoned; // its disputes count: {Court}
    // slot 2
    address phone; // co-signs above the purse's own limits
    uint48 maximum; // balance
    uint40 tightenedAt; // time of the last tightening, freeze or revocation
    // slot 3
    address approver; // whose approvals from before a revocation still settle
    uint48 afterRevoke; // what settled that way
    uint40 giftUntil; // time
    // slots 4 and 5: a passkey in place of the phone's key
    bytes32 passkeyX;
    bytes32 passkeyY;
    // slot 6, 7
    address recovery;
    uint48 leaving; // sum of the exits and moves that were asked for: terminals count it as gone
    uint48 tightenedIn; // block of the last tightening
    address attester; // whose word about merchants the owner wants
    uint48 before; // settings before it, for what an approver had approved by then
    uint32 generation; // of owners: what another one asked for is void
}

/// @notice A request that waits for its delay.
struct Pending {
    address card; // whose owner asked, and may take it back
    uint48 fromBlock; // not before this block, and
    uint48 fromTime; // not before this time
    // slot 2
    uint48 leaving; // what it will take out of the purse
    uint32 generation; // of the owner who asked
}

/// @notice A dispute about one payment; 0 in `opened` and `refunded` = none.
struct Case {
    address challenger; // who opened it
    uint48 held; // taken out of the merchant's unmatured money
    uint48 refunded; // what went back to the payer, in 1e-6 token
    // slot 2
    address card; // the payer
    uint40 opened; // time
    uint40 decided; // time
    uint8 state; // Court.NONE ..
    bool byOwner; // opened by the payer's owner, who takes no reward
    // slot 3
    address merchant; // the payee
    uint56 goodAtOpen; // the good side when the case was opened
    uint8 buyerWins; // 1 when the decision is for the buyer
    bool counted; // its card is among the seasoned ones that dispute
    uint16 lostAtOpen; // cases that the merchant had lost by then
    // slot 4
    uint64 stake; // what opening took
    uint40 appealed; // time
    uint128 disputeId; // the arbitrator's
    uint16 cardsAtOpen; // seasoned cards that had won by then
    // slot 5
    address appellant; // who lost and appealed
    uint16 day; // of the payment
}

/// @notice An approver's bond.
struct Bonded {
    uint64 amount; // in 1e-6 token
    uint64 used; // by payments after revocations
    uint64 leaving; // asked back
    uint40 fromTime; // when it may go
    uint40 usedUntil; // when `used` counts no more
}

/// @notice Everything the vault keeps, from slot 0 in this order.
struct State {
    mapping(address signer => uint256) purse; //                    0  {Purse}
    mapping(address merchant => uint256) today; //                  1  {Merchant}
    mapping(address merchant => uint256) merchant; //               2  {Merchant}
    mapping(address merchant => uint256[32]) ring; //               3  {Merchant}
    mapping(address merchant => uint256) score; //                  4  {Merchant}
    mapping(address signer => Config) config; //                    5
    mapping(bytes32 leaf => Case) cases; //                         6
    mapping(bytes32 id => Pending) pending; //                      7
    mapping(address signer => mapping(address payee => uint256)) payee; // 8  {Owners}
    mapping(bytes32 id => uint256) mandate; //                      9  {Mandates}
    mapping(address approver => Bonded) bond; //                   10
    mapping(bytes32 => bool) prefix; //                            11  {Chain}
    mapping(address owner => uint256) nonce; //                    12
    mapping(address merchant => address) payout; //                13
    mapping(address merchant => bytes32) record; //                14
    mapping(address merchant => mapping(address attester => bytes32)) attested; // 15
    mapping(uint256 disputeId => bytes32 leaf) appeal; //          16
    mapping(bytes32 => bool) proven; //                            17  evidence is used once
    mapping(address merchant => mapping(address card => uint256)) disputed; // 18  open cases of a seasoned card
    mapping(address merchant => uint256) disputers; //             19  {Court}
    mapping(address => uint256) owed; //                           20  stakes and rewards to be collected
    uint256 rules; //                                              21  {Rules}
    mapping(bytes32 merchantOrLeaf => bytes32 leaf) vote; //       22  the last case lost by vote, the one before
    Params params; //                                              23 ..
}
