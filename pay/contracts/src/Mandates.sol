// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "./Approvals.sol";
import {Limits} from "./Limits.sol";
import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {Purse} from "./Purse.sol";
import {Reason} from "./Reason.sol";

/// @title Mandates: the card signs once, the payee pulls.
/// @notice A mandate is signed like a payment, with its own tag, the cap in place of the amount and the terms in place of
/// the offer. It has to be shown while its anchor lives, and takes a counter like a payment: a mandate that nobody
/// showed is dead with its anchor. What is pulled counts against the purse's day and month, and each pull enters the
/// payee's chain like a payment. mandate[id] = card 160 | stopped 1 | period 31 | pulled in it 64.
abstract contract Mandates is Approvals {
    using Merchant for uint256;

    /// @notice Starts a mandate. Anybody may carry it.
    /// @param head payee 20 | cap for each period 8 | counter 4
    /// @param terms period in seconds 4 | expiry 4 | reference 24
    function startMandate(uint256 head, uint256 anchor, bytes32 terms, bytes32 r, bytes32 vs) external {
        bytes32 hash = _anchorHash(anchor);
        if (hash == 0) revert Refused(Reason.Anchor);
        bytes32 id = Messages.payment(Messages.MANDATE, TOKEN, head, anchor, hash, terms);
        address card = Messages.signer(id, r, vs);
        id = Messages.leaf(id, card);
        uint256 w = s.purse[card];
        _mayPay(card, address(uint160(head >> 96)), w);
        if (uint32(bytes4(terms)) == 0 || s.mandate[id] != 0) revert NoMandate();
        (bool ok, uint256 top, uint256 seen) = Limits.advance(Purse.counter(w), uint16(w >> 80), uint32(head));
        if (!ok) revert Refused(Reason.CounterUsed);
        s.purse[card] = (w & ~(uint256(0xffffffffffff) << 80)) | top << 96 | seen << 80;
        s.mandate[id] = uint256(uint160(card)) << 96;
        emit MandateStarted(id, card, address(uint160(head >> 96)));
    }

    /// @notice Pulls under a mandate. Only the payee may call.
    /// @param amount in 1e-6 token
    function pull(address card, uint256 head, uint256 anchor, bytes32 hash, bytes32 terms, uint64 amount) external {
        bytes32 id = Messages.leaf(Messages.payment(Messages.MANDATE, TOKEN, head, anchor, hash, terms), card);
        address payee = address(uint160(head >> 96));
        if (msg.sender != payee) revert NotTheMerchant();
        _count(id, uint64(head >> 32), uint256(terms), amount);
        _draw(card, payee, amount, id);
        emit Pulled(id, amount);
    }

    /// @notice Counts a pull in the mandate's period.
    function _count(bytes32 id, uint256 cap, uint256 terms, uint256 amount) private {
        uint256 m = s.mandate[id];
        if (m == 0 || m & 1 << 95 != 0 || block.timestamp > uint32(terms >> 192)) revert NoMandate();
        uint256 period = (block.timestamp / (terms >> 224)) & 0x7fffffff;
        uint256 pulled = (m >> 64) & 0x7fffffff == period ? uint64(m) : 0;
        if (amount > cap - pulled) revert OverMandate(cap - pulled);
        s.mandate[id] = (m >> 96 << 96) | period << 64 | (pulled + amount);
    }

    /// @notice Refuses what a payment would be refused for before its amount matters.
    function _mayPay(address card, address payee, uint256 w) private view {
        (, Reason why) = _limits(card, payee, w, 0);
        if (why != Reason.None) revert Refused(why);
    }

    /// @notice Moves the money: balance, day and month of the purse, room and chain of the payee.
    function _draw(address card, address payee, uint256 amount, bytes32 id) private {
        uint256 w = s.purse[card];
        _mayPay(card, payee, w);
        uint256 day = block.timestamp / 86_400;
        (uint256 next, Reason why) = Purse.draw(w, amount, day, block.number);
        if (why != Reason.None) revert Refused(why);
        uint256 t = _open(payee, day);
        if (amount > t.room()) revert Refused(Reason.Room);
        bytes32 leaf = Messages.leaf(keccak256(abi.encode(id, amount, block.number, t)), card);
        s.purse[card] = next;
        s.today[payee] = t.take(amount, card).link(leaf);
    }
}
