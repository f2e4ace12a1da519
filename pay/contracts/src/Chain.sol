// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "./Events.sol";
import {Merchant} from "./Merchant.sol";
import {Messages} from "./Messages.sol";
import {State} from "./State.sol";

/// @title Proving a payment out of its merchant's day, which keeps no slot for it.
/// @notice A day's accumulator is a chain of 128-bit hashes over its links. Who proves gives the accumulator before the
/// payment's link and all links after it. Who gives a wrong one that ends right for a payment of others did 2^128 work; who
/// made both payments, one to settle and one to claim, 2^64, within the life of their anchor.
library Chain {
    /// @notice A settled payment, as signed.
    struct Payment {
        uint256 head; // merchant 20 | amount 8 | counter 4
        uint256 anchor; // its block number
        bytes32 hash; // of the anchor's block
        bytes32 offer; // the offer's hash
        address card; // the signer
        uint256 day; // of its settlement, time / 86,400
    }

    /// @notice Where it is in the day's chain.
    struct Proof {
        uint128 before; // accumulator before its link
        bytes32[] batch; // all leaves of its batch; empty for a payment of its own
        uint256 index; // in the batch
        bytes32[] links; // after it, up to the day's end or a known prefix
    }

    /// @notice A payment's leaf; the digest is made for this vault, chain and token only.
    function leafOf(State storage s, Payment calldata p) internal view returns (bytes32 leaf, bytes32 digest) {
        digest = Messages.payment(Messages.PAY, s.params.token, p.head, p.anchor, p.hash, p.offer);
        leaf = Messages.leaf(digest, p.card);
    }

    /// @notice Reverts unless the payment is in the merchant's ring.
    function check(State storage s, Payment calldata p, bytes32 leaf, Proof calldata proof) internal view {
        bytes32 link = leaf;
        if (proof.batch.length > 1) {
            require(proof.index < proof.batch.length && proof.batch[proof.index] == leaf, Events.NotInChain());
            link = keccak256(abi.encodePacked(proof.batch));
        }
        _ends(s, address(uint160(p.head >> 96)), p.day, Merchant.fold(proof.before, link), proof.links);
    }

    /// @notice Notes an accumulator from which known links lead to the day's end, so that a long chain is proven in
    /// several transactions.
    function extend(State storage s, address m, uint256 day, uint128 from, bytes32[] calldata links) external {
        _ends(s, m, day, from, links);
        s.prefix[_key(m, day, from)] = true;
        emit Events.Prefix(m, day, from);
    }

    function _ends(State storage s, address m, uint256 day, uint256 acc, bytes32[] calldata links) private view {
        uint256 entry = s.ring[m][day % 32];
        require(Merchant.day(entry) == day && day != 0, Events.NotThatDay());
        for (uint256 i; i < links.length; i++) {
            acc = Merchant.fold(acc, links[i]);
        }
        require(acc == uint128(entry) || s.prefix[_key(m, day, acc)], Events.NotInChain());
    }

    function _key(address m, uint256 day, uint256 acc) private pure returns (bytes32) {
        return keccak256(abi.encode(m, day, acc));
    }
}
