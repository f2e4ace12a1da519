// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "./Events.sol";
import {ISalt} from "./ISalt.sol";
import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {Purse} from "./Purse.sol";
import {Reason} from "./Reason.sol";
import {Rolling} from "./Rolling.sol";
import {Rules} from "./Rules.sol";
import {Params, State} from "./State.sol";

/// @title The path of a payment: two storage words are written, whatever happened before.
/// @notice anchor → digest → recover → purse → room → write → event. Nothing here calls another contract, except for
/// the hash of an old block or the salt, and both are read only.
abstract contract Payments is Events {
    using Merchant for uint256;

    /// @notice The token of every purse here.
    address public immutable TOKEN;
    /// @notice W: blocks that an anchor stays good.
    uint256 public immutable ANCHOR_LIFE;
    /// @notice The salt in place of block hashes, or 0.
    address public immutable SALT;

    uint256 internal immutable RULES;
    /// @dev Where EIP-2935 keeps the hashes of the last 8,191 blocks.
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    State internal s;

    constructor(Params memory p) {
        (TOKEN, ANCHOR_LIFE, SALT, RULES) = (p.token, p.anchorLife, p.salt, Rules.pack(p));
    }

    /// @notice Settles one payment. Anybody may carry it.
    /// @param head merchant 20 | amount 8 | counter 4
    /// @param anchor a block number, multiple of 8, at least 3 deep and at most W old
    /// @param offer the hash of the offer
    /// @param r the card's signature over the digest of {Messages.payment}, compact: r, and
    /// @param vs s with the recovery id in its top bit
    function pay(uint256 head, uint256 anchor, bytes32 offer, bytes32 r, bytes32 vs) external {
        bytes32 digest = _digest(head, anchor, offer);
        _settle(Messages.signer(digest, r, vs), head, anchor, offer, digest, 0);
    }

    /// @notice Settles one payment or reverts.
    /// @param upper limits in force if not the purse's own; 0 = its own
    function _settle(
        address card,
        uint256 head,
        uint256 anchor,
        bytes32 offer,
        bytes32 digest,
        uint256 upper
    ) internal {
        uint256 day = block.timestamp / 86_400;
        address merchant = address(uint160(head >> 96));
        uint256 what = uint256(uint96(head)) << 64 | anchor;
        Word storage purse = _purse(card);
        (uint256 next, Reason why) = (purse.word, Reason.None);
        if (upper == 0 && Purse.plain(next) && card != merchant) upper = Purse.limits(next);
        else (upper, why) = _limits(card, merchant, next, upper);
        if (why == Reason.None) (next, why) = Purse.charge(next, what, day, upper);
        if (why != Reason.None) revert Refused(why);
        (uint256 t, uint256 amount) = (_open(merchant, day), uint64(head >> 32));
        if (amount > t.room()) revert Refused(Reason.Room);
        purse.word = next;
        s.today[merchant] = t.take(amount, card).link(Messages.leaf(digest, card));
        emit Paid(merchant, card, what, offer);
    }

    /// @notice The merchant's word of today, rolled if this is its first payment of the day. Not stored.
    function _open(address merchant, uint256 day) internal returns (uint256 t) {
        t = s.today[merchant];
        if (t.day() == day) return t;
        if (t == 0) revert Refused(Reason.Unregistered);
        return Rolling.roll(s, RULES, merchant, t, day);
    }

    /// @notice A word of storage: {Purse}.
    struct Word {
        uint256 word; // as {Purse} packs it
    }

    /// @notice The place of `s.purse[card]`, computed once for reading and writing.
    /// @param card as ecrecover gave it, so that nothing is above its 160 bits
    function _purse(address card) internal view returns (Word storage at) {
        mapping(address => uint256) storage purse = s.purse;
        assembly ("memory-safe") {
            mstore(0, card)
            mstore(32, purse.slot)
            at.slot := keccak256(0, 64)
        }
    }

    /// @notice The limits in force when this purse pays that merchant, or why it pays nothing.
    /// @param w the purse's word
    function _limits(address card, address merchant, uint256 w, uint256 upper)
        internal
        view
        returns (uint256, Reason)
    {
        if (card == address(0)) return (0, Reason.Signature);
        if (w & Purse.ACTIVE == 0) return (0, Reason.NotBound);
        if (w & Purse.REVOKED != 0) return (0, Reason.Revoked);
        if (w & Purse.FROZEN != 0) return (0, Reason.Frozen);
        if (merchant == card) return (0, Reason.PaysItself);
        if (upper == 0) upper = Purse.limits(w);
        if (w & (Purse.PAYEES | Purse.ATTESTED) != 0) {
            uint256 own = uint64(s.payee[card][merchant]);
            if (own != 0) upper = own;
            else if (w & Purse.ATTESTED != 0 && !_attested(card, merchant)) return (0, Reason.Unattested);
        }
        return (upper, Reason.None);
    }

    /// @notice Whether the one whom the purse's owner trusts attested the merchant's present record.
    function _attested(address card, address merchant) private view returns (bool) {
        bytes32 record = s.record[merchant];
        return record != 0 && s.attested[merchant][s.config[card].attester] == record;
    }

    /// @notice The digest of a payment whose anchor is good; reverts when it is not.
    function _digest(uint256 head, uint256 anchor, bytes32 offer) internal view returns (bytes32) {
        bytes32 hash = _anchorHash(anchor);
        if (hash == 0) revert Refused(Reason.Anchor);
        return Messages.payment(Messages.PAY, TOKEN, head, anchor, hash, offer);
    }

    /// @notice The hash that belongs to an anchor, or 0 when it is none, not 3 deep, or too old.
    function _anchorHash(uint256 anchor) internal view returns (bytes32) {
        unchecked {
            uint256 age = block.number - anchor;
            // what is not 3 deep wraps, and is above W like what is too old
            if (age - 3 > ANCHOR_LIFE - 3 || anchor & 7 != 0) return 0;
            if (SALT != address(0)) return ISalt(SALT).saltAt(anchor);
            return age > 256 ? _history(anchor) : blockhash(anchor);
        }
    }

    /// @notice The hash of an older block from the contract of EIP-2935, or 0 where that has none, or where there is
    /// no such contract: then nothing is written over the 0.
    function _history(uint256 anchor) private view returns (bytes32 hash) {
        address history = HISTORY;
        assembly ("memory-safe") {
            mstore(0, anchor)
            mstore(32, 0)
            pop(staticcall(gas(), history, 0, 32, 32, 32))
            hash := mload(32)
        }
    }
}
