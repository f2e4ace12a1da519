// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISalt} from "./ISalt.sol";

/// @title A salt that a quorum of operators changes every N blocks, for chains without EIP-2935.
/// @notice Each operator commits to its next secret before it reveals the present one, so no operator can choose a salt
/// after seeing the others', and who leaks a secret leaks one round. When the operators sleep, anybody goes on with the
/// chain's last block hash. A leaked future salt lets a terminal sign ahead by one round at most.
contract Salt is ISalt {
    /// @notice Blocks in a round, a multiple of 8.
    uint256 public immutable ROUND;
    /// @notice How many operators have to reveal.
    uint256 public immutable QUORUM;
    /// @notice Blocks after which anybody may rotate.
    uint256 public immutable PATIENCE;
    /// Rounds that are remembered.
    uint256 internal constant MEMORY = 1024;

    /// @notice What an operator committed to for its next reveal, or 0 for who is none.
    mapping(address operator => bytes32) public commitment;
    mapping(uint256 place => uint256) private _rounds; // round 64 | salt 192
    /// @notice Whether an operator has revealed in a round.
    mapping(uint256 round => mapping(address operator => bool)) public revealed;
    /// @notice How many operators revealed in a round while it had no salt.
    mapping(uint256 round => uint256) public count;
    mapping(uint256 round => bytes32) private _mix;
    /// @notice The hash that the newest salt was cut from; before the first one, a seed.
    bytes32 public last;

    /// @notice A round has its salt.
    event Rotated(uint256 indexed round, bytes32 salt, bool byOperators);
    /// @notice The secret is not what was committed to, or the caller is no operator.
    error NotCommitted();
    /// @notice The operator has revealed in this round; or, to who wakes it, it has its salt or it is too early.
    error NotNow();

    constructor(uint256 round_, uint256 quorum_, uint256 patience_, address[] memory operators, bytes32[] memory first) {
        require(round_ != 0 && round_ % 8 == 0 && patience_ < round_ && quorum_ != 0 && quorum_ <= operators.length);
        require(first.length == operators.length);
        (ROUND, QUORUM, PATIENCE) = (round_, quorum_, patience_);
        for (uint256 i; i < operators.length; i++) {
            require(first[i] != 0 && commitment[operators[i]] == 0);
            commitment[operators[i]] = first[i];
        }
        last = keccak256(abi.encode(block.chainid, address(this), blockhash(block.number - 1)));
    }

    /// @notice An operator reveals its secret for the present round and commits to the next one. In a round that has its salt
    /// already the secret, which everybody has seen by then, is spent all the same, and does not count.
    /// @param next keccak256 of the next secret
    function reveal(bytes32 secret, bytes32 next) external {
        uint256 round = block.number / ROUND;
        require(next != 0 && keccak256(abi.encode(secret)) == commitment[msg.sender], NotCommitted());
        require(!revealed[round][msg.sender], NotNow());
        revealed[round][msg.sender] = true;
        commitment[msg.sender] = next;
        if (saltOf(round) != 0) return;
        _mix[round] ^= keccak256(abi.encode(msg.sender, secret));
        if (++count[round] == QUORUM) _rotate(round, _mix[round], true);
    }

    /// @notice Anybody goes on when the operators have slept through the patience of a round.
    function wake() external {
        uint256 round = block.number / ROUND;
        require(saltOf(round) == 0 && block.number % ROUND >= PATIENCE, NotNow());
        _rotate(round, blockhash(block.number - 1), false);
    }

    /// @inheritdoc ISalt
    function saltAt(uint256 anchor) external view returns (bytes32) {
        return saltOf(anchor / ROUND);
    }

    /// @notice The salt of a round; 0 when it has none, or is forgotten.
    function saltOf(uint256 round) public view returns (bytes32) {
        uint256 w = _rounds[round % MEMORY];
        return w >> 192 == round ? bytes32(w << 64) : bytes32(0);
    }

    function _rotate(uint256 round, bytes32 mix, bool byOperators) private {
        last = keccak256(abi.encode(last, round, mix));
        _rounds[round % MEMORY] = round << 192 | uint256(last) >> 64;
        emit Rotated(round, saltOf(round), byOperators);
    }
}
