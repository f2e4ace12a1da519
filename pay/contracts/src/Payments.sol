// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
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
        _settle(Messages.signer(digest, r, vs), head, anchor, offer, digest, 0, 0);
    }

    /// @notice Settles one payment or reverts.
    /// @param pardoned flags of the purse that do not matter this time: a revocation, when its approver approved before
    /// @param upper limits in force if not the purse's own; 0 = its own
    function _settle(
        address card,
        uint256 head,
        uint256 anchor,
        bytes32 offer,
        bytes32 digest,
        uint256 pardoned,
        uint256 upper
    ) internal {
        uint256 day = block.timestamp / 86_400;
        (uint256 next, Reason why) = _charge(card, head, anchor, day, pardoned, upper);
        if (why != Reason.None) revert Refused(why);
        address merchant = address(uint160(head >> 96));
        (uint256 t, uint256 amount) = (_open(merchant, day), uint64(head >> 32));
        if (amount > t.room()) revert Refused(Reason.Room);
        s.purse[card] = next;
        s.today[merchant] = t.take(amount, Merchant.mark(card), Messages.leaf(digest, card));
        emit Paid(merchant, card, uint256(uint96(head)) << 64 | anchor, offer);
    }

    /// @notice The merchant's word of today, rolled if this is its first payment of the day. Not stored.
    function _open(address merchant, uint256 day) internal returns (uint256 t) {
        t = s.today[merchant];
        if (t.day() == day) return t;
        if (t == 0) revert Refused(Reason.Unregistered);
        return Rolling.roll(s, RULES, merchant, t, day);
    }

    /// @notice The signer's purse after the payment, not stored, or why there is none.
    function _charge(address card, uint256 head, uint256 anchor, uint256 day, uint256 pardoned, uint256 upper)
        internal
        view
        returns (uint256, Reason)
    {
        if (card == address(0)) return (0, Reason.Signature);
        uint256 w = s.purse[card];
        if (w & Purse.ACTIVE == 0) return (w, Reason.NotBound);
        if (w & Purse.REVOKED & ~pardoned != 0) return (w, Reason.Revoked);
        if (w & Purse.FROZEN & ~pardoned != 0) return (w, Reason.Frozen);
        address merchant = address(uint160(head >> 96));
        if (merchant == card) return (w, Reason.PaysItself);
        if (upper == 0) upper = Purse.limits(w);
        if (w & (Purse.PAYEES | Purse.ATTESTED) != 0) {
            uint256 own = s.payee[card][merchant];
            if (own != 0) upper = own;
            else if (w & Purse.ATTESTED != 0 && !_attested(card, merchant)) return (w, Reason.Unattested);
        }
        return Purse.charge(w, uint64(head >> 32), uint32(head), anchor, day, upper);
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
            if (anchor & 7 != 0 || anchor > block.number - 3 || block.number - anchor > ANCHOR_LIFE) return 0;
            if (SALT != address(0)) return ISalt(SALT).saltAt(anchor);
            if (block.number - anchor <= 256) return blockhash(anchor);
            return Blockhash.blockHash(anchor);
        }
    }
}
