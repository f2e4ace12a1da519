// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bonds} from "../src/Bonds.sol";
import {Events} from "../src/Events.sol";
import {Limits} from "../src/Limits.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Score} from "../src/Score.sol";
import {Vault} from "../src/Vault.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

contract BondsTest is Base {
    uint256 internal constant APPROVER = 0xa99;

    function setUp() public override {
        super.setUp();
        Owners.Action memory a = Owners.Action(Owners.SET_APPROVER, card, 0, vm.addr(APPROVER), 0, 0);
        vm.prank(owner);
        vault.act(a, "");
        pass(8192, DAY);
        vault.execute(a);
        dollar.mint(address(this), 100e6);
        dollar.approve(address(vault), 100e6);
        vault.addBond(vm.addr(APPROVER), 100e6);
    }

    function promised(uint256 amount, uint256 counter) internal returns (Bonds.Promise memory p) {
        (p.head, p.anchor, p.offer) = (headOf(merchant, amount, counter), newest(), "o");
        (p.hash, p.challenge, p.times) = (hashOf(p.anchor), "c", clock << 128 | (clock + 600) << 96);
        bytes32 token = Messages.approval(card, p.challenge, digestOf(p.head, p.anchor, "o"), p.times);
        (p.r, p.vs) = vm.signCompact(APPROVER, token);
    }

    function testApprovingMoreThanPurseAndBondCostsTheBond() public {
        Bonds.Promise memory x = promised(500e6, 1);
        Bonds.Promise memory y = promised(501e6, 2);
        vault.slashBond(card, x, y);
        eq(dollar.balanceOf(address(this)), 10e6, "a tenth");
        eq(dollar.balanceOf(address(0xdEaD)), 90e6, "burned");
        eq(vault.bondOf(vm.addr(APPROVER)).amount, 0, "bond");
    }

    function testAnHonestApproverIsNotSlashed() public {
        Bonds.Promise memory x = promised(500e6, 1);
        Bonds.Promise memory y = promised(500e6, 2);
        vm.expectRevert(Events.NoProof.selector);
        vault.slashBond(card, x, y);
        y = promised(501e6, 1);
        vm.expectRevert(Events.NoProof.selector);
        vault.slashBond(card, x, y);
        y = promised(501e6, 2);
        pass(60, 601);
        vm.expectRevert(Events.NoProof.selector);
        vault.slashBond(card, x, y);
    }

    function testABondLeavesAfterItsNotice() public {
        address approver = vm.addr(APPROVER);
        vm.startPrank(approver);
        vault.askBond(60e6);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.takeBond();
        pass(14 * 7200, 14 days);
        vault.takeBond();
        vm.expectRevert(Events.NotRequested.selector);
        vault.takeBond();
        vm.stopPrank();
        eq(dollar.balanceOf(approver), 60e6, "taken");
    }

    /// @notice A second vault of the same token, with a purse of the same card: a payment is for one of them.
    function testAPaymentIsForOneVault() public {
        uint256 head = headOf(merchant, 1e6, 1);
        uint256 a = newest();
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        Vault first = vault;
        vault = new Vault(parameters());
        bind(CARD, LIMITS);
        give(card, 900e6);
        join(merchant, 2_000e6);
        vm.expectRevert();
        vault.pay(head, a, "o", r, vs);
        first.pay(head, a, "o", r, vs);
        eq(balance(card), 900e6, "the second purse");
    }

    function testFuzzSpendingStaysWithinTheLimit(uint40 spent, bool same, uint48 amount, uint256 code) public pure {
        uint256 limit = Limits.decode(code & 0xfff);
        (bool ok, uint256 next) = Limits.spend(spent, same, amount, limit);
        require(!ok || (next <= limit && next >= amount), "spend");
    }

    function testFuzzACounterSettlesOnce(uint32 top, uint16 seen, uint32 counter) public pure {
        (bool ok, uint256 t, uint256 s) = Limits.advance(top, seen, counter);
        require(t >= top && s >> 16 == 0, "the window went back");
        if (!ok) return;
        (bool again,,) = Limits.advance(t, s, counter);
        require(!again, "twice");
    }

    function testFuzzWeightsFadeAndNeverGrow(uint32 slope, uint16 n) public pure {
        uint256 kept = Score.keep(slope, n);
        require(kept <= Score.ONE && Score.keep(slope, uint256(n) + 1) <= kept + 1, "grew");
        if (n == 0) require(kept == Score.ONE, "no time, no fading");
    }
}
