// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Owners} from "../src/Owners.sol";
import {Base} from "./Base.sol";
import {BlacklistDollar, FalseDollar, FeeDollar, ReentrantDollar, SilentDollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

contract FeeTokenTest is Base {
    function token() internal override returns (address) {
        return address(new FeeDollar());
    }

    function testWhatArrivesIsCredited() public view {
        eq(balance(card), 891e6, "900 less a percent");
        eq(dollar.balanceOf(address(vault)), 891e6 + 1_980e6, "holdings");
    }
}

contract ReentrantTokenTest is Base {
    function token() internal override returns (address) {
        return address(new ReentrantDollar());
    }

    function testNothingIsEnteredTwice() public {
        ReentrantDollar bad = ReentrantDollar(address(dollar));
        pay(50e6, 1);
        pass(22 * 7200, 22 * DAY);
        bad.arm(address(vault), abi.encodeCall(vault.claim, (merchant)));
        eq(vault.claim(merchant), 50e6, "claimed");
        require(bad.refused(), "entered");
        eq(vault.claim(merchant), 0, "claimed again");
    }
}

contract BlacklistTokenTest is Base {
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
}

contract SilentTokenTest is Base {
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
        pass(22 * 7200, 22 * DAY);
        eq(vault.claim(merchant), 50e6, "claimed");
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
    }
}
