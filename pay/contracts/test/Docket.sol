// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chain} from "../src/Chain.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchant} from "../src/Merchant.sol";
import {Messages} from "../src/Messages.sol";
import {Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

/// @notice Payments that can be proven later, for a merchant that signs offers through a terminal.
abstract contract Docket is Deeds {
    uint256 internal constant TERMINAL = 0x7e4;
    uint256 internal constant MERCHANT = 0x3e4c4a;
    Chain.Payment[] internal paid;
    uint128[] internal accumulators;
    bytes32[] internal leaves;

    function setUp() public virtual override {
        merchant = vm.addr(MERCHANT);
        super.setUp();
        dollar.mint(address(this), 1_000e6);
        dollar.approve(address(vault), 1_000e6);
    }

    /// @notice A payment that can be proven later.
    function tracked(uint256 key, address m, uint256 amount, uint256 counter, bytes32 offer) internal {
        uint256 head = headOf(m, amount, counter);
        uint256 a = newest();
        (uint256 today,,) = vault.merchantOf(m);
        if (Merchant.day(today) == clock / DAY) accumulators.push(uint128(today));
        else accumulators.push(uint128(uint256(keccak256(abi.encodePacked(vault, m, uint16(clock / DAY)))) >> 128));
        (bytes32 r, bytes32 vs) = signed(key, head, a, offer);
        vault.pay(head, a, offer, r, vs);
        paid.push(Chain.Payment(head, a, hashOf(a), offer, vm.addr(key), clock / DAY));
        leaves.push(keccak256(abi.encodePacked(digestOf(head, a, offer), vm.addr(key))));
    }

    /// @notice The proof of payment `i`, when payment `last` was the last one of its merchant's day.
    function proofOf(uint256 i, uint256 last) internal view returns (Chain.Proof memory p) {
        p.before = accumulators[i];
        p.links = new bytes32[](last - i);
        for (uint256 k = i + 1; k <= last; k++) {
            p.links[k - i - 1] = leaves[k];
        }
    }

    function threePayments() internal {
        for (uint256 i; i < 3; i++) {
            tracked(CARD, merchant, 10e6, i + 1, bytes32(i + 1));
        }
        nextDay();
    }

    function nextDay() internal {
        pass(7200, DAY);
        vault.roll(merchant);
    }

    /// @notice The owner of the cards disputes a payment.
    function disputes(uint256 i, uint256 end) internal {
        Chain.Proof memory proof = proofOf(i, end);
        dollar.mint(owner, 5e6);
        vm.startPrank(owner);
        dollar.approve(address(vault), 5e6);
        vault.openCase(paid[i], proof);
        vm.stopPrank();
    }

    /// @notice Makes a card count: its payments `of_` were made at three merchants, whose days ended
    /// with the payments `ends`.
    function seasons(uint256[3] memory of_, uint256[3] memory ends) internal {
        Chain.Payment[] memory p = new Chain.Payment[](3);
        Chain.Proof[] memory q = new Chain.Proof[](3);
        for (uint256 k; k < 3; k++) {
            (p[k], q[k]) = (paid[of_[k]], proofOf(of_[k], ends[k]));
        }
        vault.season(p, q);
    }

    function terminal() internal returns (Evidence.Terminal memory t) {
        t.key = vm.addr(TERMINAL);
        bytes32 d = sha256(abi.encodePacked(Messages.TERMINAL, uint64(block.chainid), address(vault), merchant, t.key));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(MERCHANT, d);
        t.certificate = abi.encodePacked(r, s, v);
    }

    function offerOf(uint64 amount) internal returns (Evidence.Offer memory o, bytes32 hash) {
        (o.id, o.amount) = ("id", amount);
        hash = sha256(
            abi.encodePacked(
                Messages.OFFER,
                uint64(block.chainid),
                address(vault),
                o.id,
                merchant,
                vm.addr(TERMINAL),
                amount,
                o.rest
            )
        );
        (o.r, o.vs) = vm.signCompact(TERMINAL, hash);
    }

    /// @notice The terminal's receipt for tracked payment `i`, with this amount on it.
    function receiptOf(uint256 i, uint64 amount) internal returns (bytes32 r, bytes32 vs) {
        Chain.Payment memory p = paid[i];
        bytes32 digest = digestWith(p.head, p.anchor, p.hash, p.offer);
        return vm.signCompact(
            TERMINAL,
            sha256(abi.encodePacked(Messages.RECEIPT, uint64(block.chainid), address(vault), digest, amount))
        );
    }
}
