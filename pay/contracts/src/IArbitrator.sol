// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What an appeal needs of an ERC-792 arbitrator.
interface IArbitrator {
    /// @notice Takes a dispute with this many choices, paid for; it answers later by calling rule(id, ruling).
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 id);

    /// @notice What a dispute costs, in wei.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256);
}
