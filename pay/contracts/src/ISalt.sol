// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Where anchors come from on chains whose contracts cannot read old block hashes.
interface ISalt {
    /// @notice The salt of an anchor, a block number; 0 where there is none.
    function saltAt(uint256 anchor) external view returns (bytes32);
}
