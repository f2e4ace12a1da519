// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bonds} from "../src/Bonds.sol";
import {Chain} from "../src/Chain.sol";
import {Court} from "../src/Court.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchants} from "../src/Merchants.sol";
import {Owners} from "../src/Owners.sol";
import {Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

/// @notice The linked libraries have no storage and no owner: whoever calls one of them directly gets nowhere. Their
/// first argument is the slot of the state.
contract LibrariesTest is Deeds {
    address internal constant THIEF = address(0xbad);

    function nowhere(address library_, bytes memory what) private {
        require(library_.code.length != 0, "no library");
        (uint256 purse, uint256 held) = (vault.purseOf(card), dollar.balanceOf(address(vault)));
        (uint256 t, uint256 w, uint256 s) = vault.merchantOf(merchant);
        vm.prank(THIEF);
        (bool ok, bytes memory said) = library_.call(what);
        require(!ok && said.length == 0, "a library ran for a stranger");
        (uint256 t2, uint256 w2, uint256 s2) = vault.merchantOf(merchant);
        require(t == t2 && w == w2 && s == s2, "a merchant changed");
        require(purse == vault.purseOf(card) && held == dollar.balanceOf(address(vault)), "a purse changed");
        for (uint256 slot; slot < 28; slot++) {
            require(vm.load(library_, bytes32(slot)) == 0, "the library keeps something");
        }
    }

    function testTheOwnersLibraryDoesNothingByItself() public {
        (bytes32 r, bytes32 vs) = vm.signCompact(0xca4e, bindDigest(vm.addr(0xca4e), THIEF));
        Owners.Action memory a = Owners.Action(Owners.EXIT, card, 1e6, THIEF, 0, clock);
        address code = address(Owners);
        nowhere(code, abi.encodeWithSelector(Owners.bind.selector, 0, vm.addr(0xca4e), THIEF, 0, clock, r, vs, ""));
        nowhere(code, abi.encodeWithSelector(Owners.claimGift.selector, 0, vm.addr(0xca4e), THIEF, r, vs));
        nowhere(code, abi.encodeWithSelector(Owners.deposit.selector, 0, card, 1e6));
        nowhere(code, abi.encodeWithSelector(Owners.act.selector, 0, a, ""));
        nowhere(code, abi.encodeWithSelector(Owners.execute.selector, 0, a));
    }

    function testTheMerchantsLibraryDoesNothingByItself() public {
        address code = address(Merchants);
        nowhere(code, abi.encodeWithSelector(Merchants.register.selector, 0, bytes32("record"), THIEF, 0));
        nowhere(code, abi.encodeWithSelector(Merchants.describe.selector, 0, bytes32("record"), THIEF));
        nowhere(code, abi.encodeWithSelector(Merchants.stake.selector, 0, merchant, 0));
        nowhere(code, abi.encodeWithSelector(Merchants.close.selector, 0));
        nowhere(code, abi.encodeWithSelector(Merchants.claim.selector, 0, merchant));
        nowhere(code, abi.encodeWithSelector(Merchants.advance.selector, 0, 1e6));
        nowhere(code, abi.encodeWithSelector(Merchants.withdraw.selector, 0));
        nowhere(code, abi.encodeWithSelector(Merchants.roll.selector, 0, merchant));
        nowhere(code, abi.encodeWithSelector(Merchants.collect.selector, 0));
    }

    function testTheLibrariesOfDisputesDoNothingByThemselves() public {
        address code = address(Court);
        nowhere(code, abi.encodeWithSelector(Court.decide.selector, 0, bytes32("leaf")));
        nowhere(code, abi.encodeWithSelector(Court.appeal.selector, 0, bytes32("leaf")));
        nowhere(code, abi.encodeWithSelector(Court.rule.selector, 0, 1, 1));
        nowhere(code, abi.encodeWithSelector(Court.settle.selector, 0, bytes32("leaf")));
        nowhere(code, abi.encodeWithSelector(Court.concede.selector, 0, bytes32("leaf")));
        Chain.Payment memory p;
        Chain.Proof memory q;
        nowhere(code, abi.encodeWithSelector(Court.open.selector, 0, p, q));
        nowhere(code, abi.encodeWithSelector(Court.refund.selector, 0, p, q, 1));
        nowhere(address(Chain), abi.encodeWithSelector(Chain.extend.selector, 0, merchant, 1, 1, new bytes32[](0)));
        nowhere(address(Evidence), abi.encodeWithSelector(Evidence.settledTwice.selector, 0, p, q, p, q));
    }

    function testTheLibraryOfBondsDoesNothingByItself() public {
        address code = address(Bonds);
        nowhere(code, abi.encodeWithSelector(Bonds.add.selector, 0, THIEF, 0));
        nowhere(code, abi.encodeWithSelector(Bonds.ask.selector, 0, 0));
        nowhere(code, abi.encodeWithSelector(Bonds.take.selector, 0));
        nowhere(code, abi.encodeWithSelector(Bonds.use.selector, 0, THIEF, 0));
    }
}
