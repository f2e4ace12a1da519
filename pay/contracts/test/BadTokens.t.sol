// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Merchant} from "../src/Merchant.sol";
import {Owners} from "../src/Owners.sol";
import {Base} from "./Base.sol";
import {Deeds} from "./Deeds.sol";
import {BlacklistDollar, FalseDollar, FeeDollar, SilentDollar, TurncoatDollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

contract FeeTokenTest is Deeds {
    function token() internal override returns (address) {
        return address(new FeeDollar());
    }

    function testWhatArrivesIsCredited() public {
        eq(balance(card), 891e6, "900 less a percent");
        eq(dollar.balanceOf(address(vault)), 891e6 + 1_980e6, "holdings");
        bonded(100e6);
        eq(vault.bondOf(vm.addr(APPROVER)).amount, 99e6, "bond");
        dollar.mint(address(this), 100e6);
        dollar.approve(address(vault), 100e6);
        vault.stake(merchant, 100e6);
        (, uint256 w,) = vault.merchantOf(merchant);
        eq(Merchant.unpack(w).stake, 2_079e6, "stake");
        eq(dollar.balanceOf(address(vault)), 891e6 + 2_079e6 + 99e6, "holdings at the end");
    }

    function testTheLeastStakeHasToArrive() public {
        address fresh = address(0xf4e5);
        dollar.mint(fresh, 500e6);
        vm.startPrank(fresh);
        dollar.approve(address(vault), 500e6);
        vm.expectRevert(abi.encodeWithSelector(Events.StakeTooSmall.selector, 500e6));
        vault.register("record", fresh, 500e6);
        vm.stopPrank();
    }

    function testEverythingGoesOutAgain() public {
        pay(50e6, 1);
        delayed(Owners.EXIT, 900e6, owner);
        vm.prank(merchant);
        vault.close();
        pass(22 * 7200, 22 * DAY);
        vm.prank(merchant);
        vault.withdrawStake();
        eq(dollar.balanceOf(address(vault)), 0, "holdings");
    }
}

contract BlacklistTokenTest is Deeds {
    function token() internal override returns (address) {
        return address(new BlacklistDollar());
    }

    /// @notice A merchant that the token dislikes hurts nobody but itself, and may name another address.
    function testABannedMerchantBlocksNobody() public {
        BlacklistDollar(address(dollar)).ban(merchant);
        pay(50e6, 1);
        pass(22 * 7200, 22 * DAY);
        vm.expectRevert("banned");
        vault.claim(merchant);
        pay(10e6, 2);
        vm.prank(merchant);
        vault.describe(keccak256("record"), address(0x600d));
        vault.claim(merchant);
        eq(dollar.balanceOf(address(0x600d)), 50e6 - 100_000, "at the other address");
    }

    /// @notice A batch moves no tokens, so a card or an owner that is banned cannot spoil one.
    function testABannedCardSpoilsNoBatch() public {
        bind(0x77, LIMITS);
        give(vm.addr(0x77), 50e6);
        BlacklistDollar(address(dollar)).ban(card);
        BlacklistDollar(address(dollar)).ban(owner);
        vault.payBatch(
            merchant,
            one(newest()),
            abi.encodePacked(
                entry(CARD, merchant, 1e6, 1, newest(), 0), entry(0x77, merchant, 2e6, 1, newest(), 0)
            )
        );
        eq(balance(card), 899e6, "the banned one");
        eq(balance(vm.addr(0x77)), 48e6, "the other one");
    }

    /// @notice A banned owner's exit waits, and goes to another address when the owner asks for that.
    function testABannedOwnerLosesNothing() public {
        BlacklistDollar(address(dollar)).ban(owner);
        asOwner(Owners.EXIT, 900e6, owner);
        asOwner(Owners.EXIT, 900e6, address(0x600d));
        pass(8192, 1 days);
        vm.expectRevert("banned");
        vault.execute(action(Owners.EXIT, 900e6, owner));
        eq(balance(card), 900e6, "purse");
        vault.execute(action(Owners.EXIT, 900e6, address(0x600d)));
        eq(dollar.balanceOf(address(0x600d)), 900e6, "at the other address");
    }
}

contract SilentTokenTest is Deeds {
    function token() internal override returns (address) {
        return address(new SilentDollar());
    }

    function give(address to, uint256 amount) internal override {
        dollar.mint(address(this), amount);
        vault.deposit(to, amount);
    }

    function join(address m, uint256 stake) internal override {
        dollar.mint(m, stake);
        vm.prank(m);
        vault.register(keccak256("record"), m, stake);
    }

    function testATokenThatReturnsNothingWorks() public {
        pay(50e6, 1);
        delayed(Owners.EXIT, 100e6, owner);
        eq(dollar.balanceOf(owner), 100e6, "exit");
        vm.prank(merchant);
        vault.advance(10e6);
        pass(22 * 7200, 22 * DAY);
        eq(vault.claim(merchant), 40e6, "claimed");
        vm.startPrank(merchant);
        vault.close();
        vault.withdrawStake();
        vm.stopPrank();
        eq(dollar.balanceOf(address(vault)), 750e6, "the purse is left");
    }
}

contract FalseTokenTest is Base {
    function token() internal override returns (address) {
        return address(new FalseDollar());
    }

    function give(address, uint256) internal override {}
    function join(address, uint256) internal override {}

    function testATokenThatSaysFalseIsNotBelieved() public {
        dollar.mint(address(this), 5e6);
        vm.expectRevert();
        vault.deposit(card, 5e6);
        eq(balance(card), 0, "purse");
        vm.expectRevert();
        vault.register("record", address(this), 500e6);
        vm.expectRevert();
        vault.addBond(address(this), 5e6);
        eq(vault.bondOf(address(this)).amount, 0, "bond");
    }
}

/// @notice A token that begins to say false while the vault holds it: what cannot go out is not written off.
contract TurncoatTokenTest is Deeds {
    function token() internal override returns (address) {
        return address(new TurncoatDollar());
    }

    function testWhatDoesNotGoOutStaysOwed() public {
        pay(50e6, 1);
        asOwner(Owners.EXIT, 100e6, owner);
        pass(22 * 7200, 22 * DAY);
        TurncoatDollar(address(dollar)).turn(true);
        vm.expectRevert();
        vault.execute(action(Owners.EXIT, 100e6, owner));
        vm.expectRevert();
        vault.claim(merchant);
        eq(balance(card), 850e6, "purse");
        TurncoatDollar(address(dollar)).turn(false);
        vault.execute(action(Owners.EXIT, 100e6, owner));
        eq(vault.claim(merchant), 50e6, "claimed");
    }
}
