// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Events} from "../src/Events.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Reason} from "../src/Reason.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

/// @notice What owners, phones, approvers and cards sign besides payments, for the usual purse.
abstract contract Deeds is Base {
    uint256 internal constant PHONE = 0xf0e;
    uint256 internal constant APPROVER = 0xa99;
    /// 200 a payment, 500 a day, 1,000 a month.
    uint256 internal constant UPPER = (200 << 4 | 6) << 24 | (50 << 4 | 7) << 12 | (10 << 4 | 8);
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function refused(Reason why) internal {
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, why));
    }

    function action(uint8 kind, uint256 value, address to) internal view returns (Owners.Action memory) {
        return Owners.Action(kind, card, value, to, 0, clock + 1 hours);
    }

    function asOwner(uint8 kind, uint256 value, address to) internal {
        vm.prank(owner);
        vault.act(action(kind, value, to), "");
    }

    function delayed(uint8 kind, uint256 value, address to) internal {
        asOwner(kind, value, to);
        pass(8192, 1 days);
        vault.execute(action(kind, value, to));
    }

    function typedData(bytes32 body) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN, keccak256("tappay vault"), keccak256("1"), block.chainid, address(vault)));
        return keccak256(abi.encodePacked(hex"1901", domain, body));
    }

    function typed(uint8 kind, uint256 value, address to, uint256 nonce) internal view returns (bytes32) {
        bytes32 kindHash = keccak256(
            abi.encodePacked(
                Owners.verb(kind), "(address card,uint256 value,address to,bytes32 more,uint256 nonce,uint256 deadline)"
            )
        );
        return typedData(keccak256(abi.encode(kindHash, card, value, to, bytes32(0), nonce, clock + 1 hours)));
    }

    /// @notice What the phone signs, of a payment with the offer "o".
    function phoneDigest(bytes32 digest, uint256 head) internal view returns (bytes32) {
        bytes32 kind =
            keccak256("ConfirmPayment(bytes32 digest,address card,address merchant,uint64 amount,bytes32 offer)");
        address payee = address(uint160(head >> 96));
        return typedData(keccak256(abi.encode(kind, digest, card, payee, uint64(head >> 32), bytes32("o"))));
    }

    /// @notice The usual approver's approval of a payment with the offer "o".
    function approved(uint256 head, uint256 anchor, uint256 time) internal returns (Approvals.Approval memory a) {
        bytes32 digest = digestOf(head, anchor, "o");
        a.challenge = "challenge";
        a.times = time << 128 | (time + 600) << 96;
        (a.r, a.vs) = vm.signCompact(APPROVER, Messages.approval(card, a.challenge, digest, a.times));
    }

    /// @notice Gives the usual purse the usual approver with a bond.
    function bonded(uint256 amount) internal {
        delayed(Owners.SET_APPROVER, 0, vm.addr(APPROVER));
        dollar.mint(address(this), amount);
        dollar.approve(address(vault), amount);
        vault.addBond(vm.addr(APPROVER), amount);
    }

    function mandateDigest(uint256 head, uint256 anchor, bytes32 terms) internal returns (bytes32) {
        return sha256(
            abi.encodePacked(
                Messages.MANDATE,
                uint64(block.chainid),
                address(vault),
                address(dollar),
                head,
                uint64(anchor),
                hashOf(anchor),
                terms
            )
        );
    }

    /// @notice Terms of a mandate: a period of 30 days, good for a year.
    function monthly() internal view returns (bytes32) {
        return bytes32(uint256(30 days) << 224 | (clock + 365 days) << 192 | 7);
    }

    /// @notice One payment of a batch: amount 8 | counter 4 | index of its anchor 1 | offer 32 | r 32 | vs 32.
    function entry(uint256 key, address m, uint256 amount, uint256 counter, uint256 anchor, uint8 index)
        internal
        returns (bytes memory)
    {
        bytes32 offer = keccak256(abi.encode(key, counter));
        (bytes32 r, bytes32 vs) = signed(key, headOf(m, amount, counter), anchor, offer);
        return abi.encodePacked(uint64(amount), uint32(counter), index, offer, r, vs);
    }

    function one(uint256 anchor) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = anchor;
    }
}
