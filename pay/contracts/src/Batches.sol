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
        uint256 day = block.timestamp / 86_400;
        uint256 t = _open(merchant, day);
        bytes32[] memory hashes = _hashes(anchors);
        bytes32[] memory leaves = new bytes32[](data.length / ENTRY);
        uint256 left = t.room();
        uint256 sketch;
        uint256 n;
        for (uint256 i; i < leaves.length; i++) {
            (address card, uint256 amount, bytes32 leaf) =
                _entry(uint256(uint160(merchant)) << 96, anchors, hashes, data[i * ENTRY:], i, left, day);
            if (amount == 0) continue;
            left -= amount;
            sketch |= Merchant.mark(card);
            leaves[n++] = leaf;
        }
        if (n != 0) s.today[merchant] = t.take(t.room() - left, sketch, _link(leaves, n));
    }

    function _hashes(uint256[] calldata anchors) private view returns (bytes32[] memory hashes) {
        hashes = new bytes32[](anchors.length);
        for (uint256 i; i < anchors.length; i++) {
            hashes[i] = _anchorHash(anchors[i]);
        }
    }

    /// @notice One payment of a batch; amount 0 when it was skipped.
    function _entry(
        uint256 head,
        uint256[] calldata anchors,
        bytes32[] memory hashes,
        bytes calldata e,
        uint256 i,
        uint256 left,
        uint256 day
    ) private returns (address card, uint256 amount, bytes32 leaf) {
        uint256 k = uint8(e[12]);
        if (k >= hashes.length) revert Malformed();
        head |= uint96(bytes12(e[:12]));
        Reason why;
        (card, leaf, why) = _one(head, anchors[k], hashes[k], e, left, day);
        if (why != Reason.None) emit Skipped(i, why);
        else amount = uint64(head >> 32);
    }

    function _one(uint256 head, uint256 anchor, bytes32 hash, bytes calldata e, uint256 left, uint256 day)
        private
        returns (address card, bytes32 leaf, Reason why)
    {
        if (hash == 0) return (card, leaf, Reason.Anchor);
        bytes32 offer = bytes32(e[13:45]);
        bytes32 digest = Messages.payment(Messages.PAY, TOKEN, head, anchor, hash, offer);
        card = Messages.signer(digest, bytes32(e[45:77]), bytes32(e[77:109]));
        uint256 next;
        (next, why) = _charge(card, head, anchor, day, 0, 0);
        if (why == Reason.None && uint64(head >> 32) > left) why = Reason.Room;
        if (why != Reason.None) return (card, leaf, why);
        s.purse[card] = next;
        leaf = Messages.leaf(digest, card);
        emit Paid(address(uint160(head >> 96)), card, uint256(uint96(head)) << 64 | anchor, offer);
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
