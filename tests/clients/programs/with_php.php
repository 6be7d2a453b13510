<?php
// What the older guide shows for PHP: cURL, a CURLFile, client_id_type; the type of the body is
// written by hand and libcurl adds the boundary. Certificates are checked, as they are by default.

declare(strict_types=1);

const HOST = 'https://api-metrika.yandex.ru/management/v1';
const LAST = ['PROCESSED', 'LINKAGE_FAILURE'];

$folder = getenv('FOLDER');
$counter = HOST . '/counter/' . getenv('COUNTER');
$conversions = "$counter/offline_conversions";

function request(string $method, string $url, array|string|null $body = null, ?string $token = null): array
{
    $headers = ['Authorization: OAuth ' . ($token ?? getenv('TOKEN'))];
    $options = [CURLOPT_RETURNTRANSFER => true, CURLOPT_CUSTOMREQUEST => $method];
    if (is_array($body)) {
        $headers[] = 'Content-Type: multipart/form-data';
        $options += [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body];
    } elseif ($body !== null) {
        $headers[] = 'Content-Type: application/x-yametrika+json';
        $options += [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body];
    }
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [CURLOPT_HTTPHEADER => $headers]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        fwrite(STDERR, curl_error($curl) . "\n");
        exit(1);
    }
    return [curl_getinfo($curl, CURLINFO_HTTP_CODE), json_decode($answer, true)];
}

function call(string $name, string $url, array|string|null $body = null, ?string $token = null): array
{
    [$status, $answer] = request(explode(' ', $name)[0], $url, $body, $token);
    $told = ['call' => $name, 'status' => $status, 'answer' => $answer, 'raised' => ''];
    echo json_encode($told, JSON_THROW_ON_ERROR), "\n";
    return $answer;
}

function form(string $path): array
{
    return ['file' => new CURLFile($path, 'text/csv', 'data.csv')];
}

function follow(string $url): void
{
    while (!in_array(request('GET', $url)[1]['uploading']['status'], LAST, true)) {
        usleep(50000);
    }
    call('GET uploading', $url);
}

$goal = json_encode(['goal' => [
    'name' => 'Deal closed',
    'type' => 'action',
    'conditions' => [['type' => 'exact', 'url' => 'deal_closed']],
]]);

call('GET counters', HOST . '/counters');
call('GET counter', "$counter?field=goals");
call('POST goals', "$counter/goals", $goal);
call('GET goals', "$counter/goals");
call('POST extended_threshold', "$conversions/extended_threshold");
call('GET visit_join_threshold', "$conversions/visit_join_threshold");
$older = call(
    'POST upload?client_id_type',
    "$conversions/upload?client_id_type=CLIENT_ID&comment=older%20generation",
    form("$folder/older.csv")
);
$newer = call('POST upload', "$conversions/upload?comment=newer%20generation", form("$folder/newer.csv"));
follow("$conversions/uploading/{$older['uploading']['id']}");
follow("$conversions/uploading/{$newer['uploading']['id']}");
call('GET uploadings', "$conversions/uploadings?limit=2&offset=0");
call('GET goals: wrong token', "$counter/goals", token: 'of-nobody');
call('GET goals: no such counter', HOST . '/counter/999999/goals');
call('POST upload: no Target', "$conversions/upload", form("$folder/no_target.csv"));
