// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Reason} from "../src/Reason.sol";
import {Docket} from "./Docket.sol";
import {vm} from "./Vm.sol";

/// @notice Calls that must be refused with exactly these bytes, and change nothing that can be seen.
abstract contract Asked is Docket {
    address internal approver = vm.addr(APPROVER);

    function because(Reason why) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Events.Refused.selector, why);
    }

    function says(bytes memory want, bytes memory what) internal {
        says(address(0xbad), want, what);
    }

    function says(address who, bytes memory want, bytes memory what) internal {
        bytes32 before = everything();
        vm.prank(who);
        (bool ok, bytes memory said) = address(vault).call(what);
        require(!ok, "not refused");
        require(keccak256(said) == keccak256(want), string.concat("another error: ", hexOf(said)));
        require(before == everything(), "a refused call changed something");
    }

    /// @notice Words and balances of everybody in these tests.
    function everything() internal view returns (bytes32) {
        (uint256 t, uint256 w, uint256 s) = vault.merchantOf(merchant);
        bytes memory words = abi.encode(
            t, w, s, vault.purseOf(card), vault.ringOf(merchant, clock / DAY), vault.ringOf(merchant, clock / DAY - 1)
        );
        bytes memory others = abi.encode(
            vault.configOf(card), vault.bondOf(approver), vault.owedTo(address(this)), vault.nonceOf(owner)
        );
        bytes memory tokens = abi.encode(
            dollar.balanceOf(address(vault)),
            dollar.balanceOf(owner),
            dollar.balanceOf(merchant),
            dollar.balanceOf(address(this)),
            dollar.balanceOf(address(0xdEaD))
        );
        return keccak256(abi.encode(words, others, tokens));
    }

    /// @notice Bytes as they are read in a failure.
    function hexOf(bytes memory b) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory out = new bytes(2 * b.length);
        for (uint256 i; i < b.length; i++) {
            (out[2 * i], out[2 * i + 1]) = (digits[uint8(b[i]) >> 4], digits[uint8(b[i]) & 15]);
        }
        return string(out);
    }
}
