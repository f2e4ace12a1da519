// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {Payments} from "./Payments.sol";
import {Purse} from "./Purse.sol";
import {Reason} from "./Reason.sol";

/// @title Many payments of one merchant in one transaction, one link in its chain.
/// @notice What a payment takes in a batch is what this is for, so nothing is copied: places in calldata and memory are
/// kept as numbers, and each block of assembly reads or writes one table.
abstract contract Batches is Payments {
    using Merchant for uint256;

    /// One payment: amount 8 | counter 4 | index of its anchor 1 | offer 32 | r 32 | vs 32.
    uint256 internal constant ENTRY = 109;
    /// Where its offer starts.
    uint256 private constant OFFER = 13;

    /// @notice Settles what can be settled. What is malformed reverts; a payment that does not settle is skipped with
    /// {Skipped}, so nobody can spoil a batch by settling one of it, or by a card that revokes. Anybody may carry it.
    /// @param merchant the payee of them all
    /// @param anchors the block numbers that the payments refer to
    /// @param data the payments, 109 bytes each
    function payBatch(address merchant, uint256[] calldata anchors, bytes calldata data) external {
        if (data.length == 0 || data.length % ENTRY != 0) revert Malformed();
        uint256 day = block.timestamp / 86_400;
        uint256 t = _open(merchant, day);
        uint256 known = _known(anchors);
        uint256 sheet = Messages.sheet(TOKEN, merchant);
        uint256 leaves = _words(data.length / ENTRY);
        uint256 end = leaves;
        uint256 first = _place(data);
        unchecked {
            for (uint256 at = first; at != first + data.length; at += ENTRY) {
                (uint256 what, bytes32 hash) = _read(at, known, anchors.length);
                (bytes32 digest, address card) = Messages.check(sheet, what, hash, at + OFFER);
                Word storage purse = _purse(card);
                (uint256 next, Reason why) = _next(purse.word, card, merchant, what, hash, day);
                if (why != Reason.None) {
                    emit Skipped((at - first) / ENTRY, why);
                    continue;
                }
                if (what >> 96 > t.room()) {
                    emit Skipped((at - first) / ENTRY, Reason.Room);
                    continue;
                }
                purse.word = next;
                t = t.take(what >> 96, card);
                emit Paid(merchant, card, what, _word(at + OFFER));
                end = _append(end, Messages.leaf(digest, card));
            }
        }
        // stored also when nothing settled: the day may be a new one, and must not be opened twice
        s.today[merchant] = end == leaves ? t : t.link(_link(leaves, end));
    }

    /// @notice The signer's purse after one payment, or why there is none.
    /// @param w the purse's word
    /// @param what amount 8 | counter 4 | anchor block 8, in the low 20 bytes
    /// @param hash the anchor's, or 0 when the anchor is not good
    function _next(uint256 w, address card, address merchant, uint256 what, bytes32 hash, uint256 day)
        private
        view
        returns (uint256, Reason)
    {
        if (hash == 0) return (0, Reason.Anchor);
        uint256 lim = Purse.limits(w);
        if (!Purse.plain(w) || card == merchant) {
            Reason why;
            (lim, why) = _limits(card, merchant, w, 0);
            if (why != Reason.None) return (0, why);
        }
        return Purse.charge(w, what, day, lim);
    }

    /// @notice The anchors with their hashes, each looked up once: number 32 | hash 32, which is 0 when it is not good.
    function _known(uint256[] calldata anchors) private view returns (uint256 known) {
        known = _words(2 * anchors.length);
        for (uint256 i; i < anchors.length; i++) {
            uint256 anchor = anchors[i];
            bytes32 hash = _anchorHash(anchor);
            assembly ("memory-safe") {
                let pair := add(known, shl(6, i))
                mstore(pair, anchor)
                mstore(add(pair, 32), hash)
            }
        }
    }

    /// @notice Reads a payment up to its offer; the caller has checked that it is all there.
    /// @param known the anchors, from {_known}, and how many they are
    function _read(uint256 at, uint256 known, uint256 anchors) private pure returns (uint256 what, bytes32 hash) {
        bytes32 w = _word(at);
        uint256 index = uint8(w[12]);
        if (index >= anchors) revert Malformed();
        assembly ("memory-safe") {
            let pair := add(known, shl(6, index))
            what := or(shl(64, shr(160, w)), mload(pair))
            hash := mload(add(pair, 32))
        }
    }

    /// @notice Where the bytes start in the calldata.
    function _place(bytes calldata data) private pure returns (uint256 at) {
        assembly ("memory-safe") {
            at := data.offset
        }
    }

    /// @notice 32 bytes of the calldata.
    function _word(uint256 at) private pure returns (bytes32 w) {
        assembly ("memory-safe") {
            w := calldataload(at)
        }
    }

    /// @notice Memory for n words, which are not cleared: they are written before they are read.
    function _words(uint256 n) private pure returns (uint256 p) {
        assembly ("memory-safe") {
            p := mload(0x40)
            mstore(0x40, add(p, shl(5, n)))
        }
    }

    /// @notice Writes a leaf at the end, and gives back the new end.
    function _append(uint256 end, bytes32 leaf) private pure returns (uint256 next) {
        assembly ("memory-safe") {
            mstore(end, leaf)
            next := add(end, 32)
        }
    }

    /// @notice The link of a batch: its leaf when it has one, else keccak256 of its leaves, 64 bytes at least, which no
    /// leaf of 52 bytes can be.
    function _link(uint256 leaves, uint256 end) private pure returns (bytes32 link) {
        assembly ("memory-safe") {
            let size := sub(end, leaves)
            switch size
            case 32 { link := mload(leaves) }
            default { link := keccak256(leaves, size) }
        }
    }
}
