<?php
// The same backend in PHP, without a line of authentication: the gateway has decided already.
header('Content-Type: application/json');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
switch ($path) {
    case '/api/public':
        $body = ['message' => 'Public endpoint'];
        break;
    case '/api/private':
        $body = ['message' => 'Private endpoint', 'user_id' => rawurldecode($_SERVER['HTTP_X_AUTH_SUBJECT'] ?? '')];
        break;
    case '/api/admin':
        $body = ['message' => 'Admin endpoint'];
        break;
    default:
        http_response_code(404);
        $body = ['message' => 'Not found'];
}
echo json_encode($body);
