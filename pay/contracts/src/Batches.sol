// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {Payments} from "./Payments.sol";
import {Reason} from "./Reason.sol";

/// @title Many payments of one merchant in one transaction, one link in its chain.
abstract contract Batches is Payments {
    using Merchant for uint256;

    /// One payment: amount 8 | counter 4 | index of its anchor 1 | offer 32 | r 32 | vs 32.
    uint256 internal constant ENTRY = 109;

    /// @notice Settles what can be settled. What is malformed reverts; a payment that does not settle is skipped with
    /// {Skipped}, so nobody can spoil a batch by settling one of it, or by a card that revokes. Anybody may carry it.
    /// @param anchors the block numbers that the payments refer to
    /// @param data the payments, 109 bytes each
    function payBatch(address merchant, uint256[] calldata anchors, bytes calldata data) external {
        if (data.length == 0 || data.length % ENTRY != 0) revert Malformed();
        Batch memory b;
        b.head = uint256(uint160(merchant)) << 96;
        b.day = block.timestamp / 86_400;
        uint256 t = _open(merchant, b.day);
        b.left = t.room();
        uint256[] memory hashes = _hashes(anchors);
        bytes32[] memory leaves = new bytes32[](data.length / ENTRY);
        uint256 n;
        for (uint256 i; i < leaves.length; i++) {
            (bytes32 leaf, Reason why) = _one(b, anchors, hashes, _read(data, i));
            if (why == Reason.None) leaves[n++] = leaf;
            else emit Skipped(i, why);
        }
        if (n != 0) s.today[merchant] = t.take(t.room() - b.left, b.sketch, _link(leaves, n));
    }

    /// @notice What a batch keeps while it settles.
    struct Batch {
        uint256 head; // merchant 20 | 0
        uint256 day;
        uint256 left; // of the merchant's room
        uint256 sketch; // of the payers
    }

    /// @notice One payment as it is in the data.
    struct Entry {
        uint256 what; // amount 8 | counter 4
        uint256 index; // of its anchor
        bytes32 offer;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Reads an entry; the caller has checked that it is all there.
    function _read(bytes calldata data, uint256 i) private pure returns (Entry memory e) {
        assembly ("memory-safe") {
            let p := add(data.offset, mul(i, 109))
            let w := calldataload(p)
            mstore(e, shr(160, w))
            mstore(add(e, 32), byte(12, w))
            calldatacopy(add(e, 64), add(p, 13), 96)
        }
    }

    function _hashes(uint256[] calldata anchors) private view returns (uint256[] memory hashes) {
        hashes = new uint256[](anchors.length);
        for (uint256 i; i < anchors.length; i++) {
            hashes[i] = uint256(_anchorHash(anchors[i]));
        }
    }

    /// @notice Settles one payment of a batch, or says why not.
    function _one(Batch memory b, uint256[] calldata anchors, uint256[] memory hashes, Entry memory e)
        private
        returns (bytes32 leaf, Reason why)
    {
        if (e.index >= hashes.length) revert Malformed();
        bytes32 hash = bytes32(hashes[e.index]);
        if (hash == 0) return (leaf, Reason.Anchor);
        (uint256 head, uint256 anchor) = (b.head | e.what, anchors[e.index]);
        bytes32 digest = Messages.payment(Messages.PAY, TOKEN, head, anchor, hash, e.offer);
        address card = Messages.signer(digest, e.r, e.vs);
        uint256 next;
        (next, why) = _charge(card, head, anchor, b.day, 0, 0);
        if (why != Reason.None) return (leaf, why);
        uint256 amount = e.what >> 32;
        if (amount > b.left) return (leaf, Reason.Room);
        unchecked {
            b.left -= amount;
        }
        b.sketch |= Merchant.mark(card);
        s.purse[card] = next;
        emit Paid(address(uint160(head >> 96)), card, e.what << 64 | anchor, e.offer);
        return (Messages.leaf(digest, card), Reason.None);
    }

    /// @notice The link of a batch: its leaf when it has one, else keccak256 of its leaves, 64 bytes at least, which no
    /// leaf of 52 bytes can be.
    function _link(bytes32[] memory leaves, uint256 n) private pure returns (bytes32 link) {
        if (n == 1) return leaves[0];
        assembly ("memory-safe") {
            link := keccak256(add(leaves, 32), shl(5, n))
        }
    }
}
