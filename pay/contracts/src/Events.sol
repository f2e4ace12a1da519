// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reason} from "./Reason.sol";

/// @title What the vault says: every event and every error of it and of its libraries.
interface Events {
    // ------------------------------------------------------------------ payments

    /// @notice A payment settled. With the vault, the token, the chain and the anchor's hash it gives back the digest.
    /// @param merchant the payee
    /// @param card the signer, whose purse paid
    /// @param what amount 8 bytes | counter 4 | anchor block 8, big endian, in the low 20 bytes; amount in 1e-6 token
    /// @param offer the hash of what was offered, which is the receipt's hash
    event Paid(address indexed merchant, address indexed card, uint256 what, bytes32 offer);

    /// @notice A payment of a batch did not settle.
    /// @param index its place in the batch, from 0
    /// @param why CounterUsed also for a payment that had settled before
    event Skipped(uint256 index, Reason why);

    /// @notice The payment does not settle, and nothing has changed.
    error Refused(Reason why);
    /// @notice The bytes are not a batch: wrong length, or an anchor's index that is not there.
    error Malformed();

    // ------------------------------------------------------------------ purses and owners

    /// @notice A signer proved to know its key and got a purse of this owner.
    event Bound(address indexed card, address indexed owner);
    /// @notice Tokens came into a purse: what the vault's balance rose by, in 1e-6 token.
    event Deposited(address indexed card, uint256 amount);
    /// @notice Limits, cooldown and flags of a purse changed: perTx 12 | daily 12 | monthly 12 | cooldown 6 | flags 6.
    event Configured(address indexed card, uint256 settings);
    /// @notice An owner asked for what takes the delay.
    /// @param id names the request: {Owners.id}
    /// @param kind what is asked for
    /// @param fromBlock not before this block, and
    /// @param fromTime not before this time
    event Requested(address indexed card, bytes32 id, uint8 kind, uint256 fromBlock, uint256 fromTime);
    /// @notice A request was carried out, or an action that takes no delay.
    event Done(address indexed card, bytes32 id, uint8 kind);
    /// @notice A request was taken back by the owner.
    event Cancelled(address indexed card, bytes32 id);
    /// @notice A purse is a gift until then: who shows the card's proof of possession becomes its owner.
    event Gift(address indexed card, uint256 until);

    /// @notice The signature is not of the key that has to sign this.
    error WrongSigner();
    /// @notice The deadline in the signed action has passed.
    error Expired();
    /// @notice The nonce is not the owner's next one.
    error WrongNonce(uint256 next);
    /// @notice The signer has a purse already, or had one that was revoked.
    error AlreadyBound();
    /// @notice There is no purse of this signer.
    error UnknownPurse();
    /// @notice The purse may not hold that much.
    error OverMaximum(uint256 maximum);
    /// @notice The change is no tightening: some limit would be higher, or the cooldown shorter.
    error Looser();
    /// @notice A limit that does not fit: the daily and monthly ones stay below 2^40 units.
    error BadLimit();
    /// @notice It was asked for already.
    error AlreadyRequested();
    /// @notice Nobody asked for it, or it was taken back.
    error NotRequested();
    /// @notice The delay has not passed.
    error TooEarly(uint256 fromBlock, uint256 fromTime);
    /// @notice Revoked means revoked.
    error RevokedForGood();
    /// @notice The purse is a gift that may still be claimed, so its giver may not touch it.
    error StillAGift(uint256 until);
    /// @notice Zero where something has to be.
    error Nothing();

    // ------------------------------------------------------------------ mandates

    /// @notice A card's mandate was shown in time and can be pulled from now on.
    event MandateStarted(bytes32 indexed id, address indexed card, address indexed payee);
    /// @notice A payee pulled under a mandate.
    event Pulled(bytes32 indexed id, uint256 amount);
    /// @notice Above what the mandate allows in this period.
    error OverMandate(uint256 left);
    /// @notice The mandate is unknown, over, or was stopped by the owner.
    error NoMandate();

    // ------------------------------------------------------------------ merchants

    /// @notice A merchant registered, or changed its record.
    /// @param record hash of the record with name and legal address, kept off chain
    event Registered(address indexed merchant, bytes32 record, address payout);
    /// @notice Somebody's word for a merchant's record.
    event Attested(address indexed merchant, address indexed attester, bytes32 record);
    /// @notice Stake came in.
    event Staked(address indexed merchant, uint256 amount);
    /// @notice A merchant takes no more payments and gets its stake back after the window.
    event Closing(address indexed merchant);
    /// @notice Money went out to a merchant.
    /// @param fee what of it was burned
    event Claimed(address indexed merchant, uint256 amount, uint256 fee);
    /// @notice Money went out before it matured, against free stake.
    event Advanced(address indexed merchant, uint256 amount);
    /// @notice A merchant gave back a payment, in whole or in part.
    event Refunded(bytes32 indexed leaf, address indexed card, uint256 amount);

    /// @notice Not a registered merchant.
    error Unregistered();
    /// @notice The merchant is registered already.
    error AlreadyRegistered();
    /// @notice The stake is below the least one.
    error StakeTooSmall(uint256 least);
    /// @notice The caller is not the merchant.
    error NotTheMerchant();
    /// @notice Nothing may be paid out now, or not that much.
    error NotFree(uint256 available);
    /// @notice Open cases or unmatured money keep the stake here.
    error StakeNeeded();

    // ------------------------------------------------------------------ disputes

    /// @notice A payment is disputed; its money is held.
    event Opened(bytes32 indexed leaf, address indexed merchant, address indexed challenger, uint256 amount);
    /// @notice A case was decided.
    /// @param buyerWins who gets the money, unless the loser appeals
    event Decided(bytes32 indexed leaf, bool buyerWins);
    /// @notice The loser appealed to the arbitrator.
    event Appealed(bytes32 indexed leaf, uint256 disputeId);
    /// @notice The held money went out.
    event Settled(bytes32 indexed leaf, bool buyerWins);
    /// @notice Cheating was proven, without a vote.
    event Proven(address indexed merchant, address indexed challenger, uint256 slashed, uint256 reward);
    /// @notice A prefix of a day's chain is known now, so that long chains are proven in pieces.
    event Prefix(address indexed merchant, uint256 day, uint128 accumulator);
    /// @notice A card has the age and the merchants that make its dispute count.
    event Seasoned(address indexed card);

    /// @notice The links do not lead from the leaf to the day's accumulator.
    error NotInChain();
    /// @notice The merchant's ring does not have this day: not closed yet, or too old.
    error NotThatDay();
    /// @notice The payment is disputed, refunded or decided already.
    error NotOpenable();
    /// @notice The case is not in the state for this.
    error WrongState();
    /// @notice The evidence proves nothing.
    error NoProof();

    // ------------------------------------------------------------------ approvers

    /// @notice An approver's bond changed.
    event Bond(address indexed approver, uint256 amount);
    /// @notice An approver lost its bond: it approved more than purse and bond could pay.
    event BondSlashed(address indexed approver, address indexed reporter, uint256 amount, uint256 reward);
    /// @notice What is asked for is above the bond.
    error OverBond(uint256 left);
}
