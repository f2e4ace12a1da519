// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vault} from "../src/Vault.sol";
import {Handler} from "./Handler.sol";

/// @notice What holds whatever anybody does in whatever order. Each of these fails on a planted bug: see planted/.
contract InvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler internal handler;
    Vault internal vault;
    IERC20 internal dollar;

    function setUp() public {
        handler = new Handler();
        (address v, address d) = handler.world();
        (vault, dollar) = (Vault(v), IERC20(d));
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        bytes4[] memory s = new bytes4[](15);
        (s[0], s[1], s[2], s[3], s[4]) = (
            Handler.doPay.selector,
            Handler.doPay.selector,
            Handler.doPay.selector,
            Handler.doPay.selector,
            Handler.doSpree.selector
        );
        (s[5], s[6], s[7], s[8]) = (
            Handler.doPass.selector,
            Handler.doDeposit.selector,
            Handler.doExit.selector,
            Handler.doRevoke.selector
        );
        (s[9], s[10], s[11], s[12], s[13], s[14]) = (
            Handler.doHoliday.selector,
            Handler.doLoosen.selector,
            Handler.doClaim.selector,
            Handler.doAdvance.selector,
            Handler.doOpen.selector,
            Handler.doDecide.selector
        );
        list[0] = FuzzSelector(address(handler), s);
    }

    function invariantBalancesEqualHoldings() public view {
        uint256 held = dollar.balanceOf(address(vault));
        require(handler.owed() == held, "the vault owes what it does not have, or hides some");
    }

    function invariantSpentStaysWithinEveryLimit() public view {
        require(handler.over() == 0, "above the limit of a day or a month, or twice that in the time that trails");
    }

    function invariantEachCounterSettlesOnce() public view {
        require(handler.twice() == 0, "a counter settled twice");
    }

    function invariantExposureStaysWithinLeverage() public view {
        require(handler.beyond() == 0, "beyond leverage");
    }

    function invariantNoMoneyMovesWithoutAuthorisation() public view {
        for (uint256 i; i < handler.howMany(); i++) {
            address card = handler.addressOf(i);
            require(vault.purseOf(card) >> 208 == handler.authorised(card), "a purse moved by itself");
        }
    }

    function invariantAfterTheAnchorsLifeABalanceCannotFall() public view {
        require(handler.dead() == 0, "a dead anchor settled");
    }

    function invariantRevokedMeansRevoked() public view {
        require(handler.late() == 0, "a revoked card paid");
    }
}
