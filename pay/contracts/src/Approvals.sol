// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";
import {Batches} from "./Batches.sol";
import {Bonds} from "./Bonds.sol";
import {Messages} from "./Messages.sol";
import {Purse} from "./Purse.sol";
import {Reason} from "./Reason.sol";
import {Config} from "./State.sol";
import {Typed} from "./Typed.sol";

/// @title Payments that somebody besides the card signed: the owner's phone, or the approver before a revocation.
abstract contract Approvals is Batches {
    /// @notice What an approver signed for a payment.
    struct Approval {
        bytes16 challenge; // of the card's tap, 16 bytes
        uint256 times; // time 4 | expiry 4 | rate amount 8 | flags 4, in the low 20 bytes
        bytes32 r; // the approver's signature, compact: r, and
        bytes32 vs; // s with the recovery id in its top bit
    }

    /// @notice Settles a payment above the purse's own limits: card and phone both signed it. The limits set for
    /// the phone hold for the same day and month as the purse's own.
    /// @param pr the phone's signature over {Typed.phone}, compact
    function payTwo(uint256 head, uint256 anchor, bytes32 offer, bytes32 r, bytes32 vs, bytes32 pr, bytes32 pvs)
        external
    {
        bytes32 digest = _digest(head, anchor, offer);
        address card = Messages.signer(digest, r, vs);
        Config storage c = s.config[card];
        (address phone, uint256 upper) = (c.phone, c.upper);
        if (phone == address(0) || Messages.signer(Typed.phone(digest, card, head, offer), pr, pvs) != phone) {
            revert Refused(Reason.Cosigner);
        }
        _settle(card, head, anchor, offer, digest, upper);
    }

    /// @notice The same with a passkey in place of the phone's key; its challenge is the digest of {Typed.phone}.
    function payPasskey(
        uint256 head,
        uint256 anchor,
        bytes32 offer,
        bytes32 r,
        bytes32 vs,
        WebAuthn.WebAuthnAuth calldata auth
    ) external {
        bytes32 digest = _digest(head, anchor, offer);
        address card = Messages.signer(digest, r, vs);
        bytes memory challenge = abi.encodePacked(Typed.phone(digest, card, head, offer));
        if (!Bonds.passkey(s, card, challenge, auth)) revert Refused(Reason.Cosigner);
        _settle(card, head, anchor, offer, digest, s.config[card].upper);
    }

    /// @notice Settles what the purse's approver approved before the owner revoked, froze or tightened it, as long as its
    /// anchor lives and the approver's bond covers it. That is what a merchant relies on between tap and settlement.
    function payApproved(uint256 head, uint256 anchor, bytes32 offer, bytes32 r, bytes32 vs, Approval calldata a)
        external
    {
        bytes32 digest = _digest(head, anchor, offer);
        address card = Messages.signer(digest, r, vs);
        Config storage c = s.config[card];
        bytes32 token = Messages.approval(card, a.challenge, digest, a.times);
        uint256 time = uint32(a.times >> 128);
        address approver = c.approver;
        bool good = approver != address(0) && Messages.signer(token, a.r, a.vs) == approver && a.times >> 160 == 0;
        if (!good || time > c.tightenedAt || block.number > c.tightenedIn + ANCHOR_LIFE) {
            revert Refused(Reason.Approval);
        }
        Bonds.use(s, approver, uint64(head >> 32));
        _settleBefore(card, head, anchor, offer, digest, c.before);
    }

    /// @dev Everything is for this payment as it was before the tightening: limits, cooldown, flags, the payee's own limits.
    function _settleBefore(address card, uint256 head, uint256 anchor, bytes32 offer, bytes32 digest, uint256 before)
        private
    {
        mapping(address => uint256) storage payees = s.payee[card];
        address merchant = address(uint160(head >> 96));
        (uint256 w, uint256 own) = (s.purse[card], payees[merchant]);
        s.purse[card] = Purse.configured(w, before);
        if (own >> 128 != 0 && block.number <= (own >> 128) + ANCHOR_LIFE) payees[merchant] = uint64(own >> 64);
        _settle(card, head, anchor, offer, digest, 0);
        s.purse[card] = Purse.configured(s.purse[card], w);
        payees[merchant] = own;
    }
}
