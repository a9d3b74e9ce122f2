# Installation rules of `cmake --install`. All paths are relative to the prefix of the installation.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS mqcoap mqcoap_testing EXPORT mqcoap-targets
  LIBRARY COMPONENT library NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development
  FILE_SET HEADERS COMPONENT development)

# ---- for find_package(mqcoap) and pkg-config ----------------------------------------------------------------------

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mqcoap)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/mqcoap-config.cmake.in ${PROJECT_BINARY_DIR}/package/mqcoap-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0, each minor version may change the interface.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/package/mqcoap-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/package/mqcoap-config.cmake ${PROJECT_BINARY_DIR}/package/mqcoap-config-version.cmake
  DESTINATION ${package_dir} COMPONENT development)
install(EXPORT mqcoap-targets NAMESPACE mqcoap:: DESTINATION ${package_dir} COMPONENT development)

# The prefix may be chosen at installation: mqcoap.pc derives it from its own location.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH mqcoap_pc_prefix /prefix/${pc_dir} /prefix)
foreach(name mqcoap mqcoap-testing)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in ${PROJECT_BINARY_DIR}/package/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/${name}.pc DESTINATION ${pc_dir} COMPONENT development)
endforeach()

# ---- programs and documentation -----------------------------------------------------------------------------------

install(TARGETS mqcoapd COMPONENT programs)
if(TARGET mqcoap_cli)
  install(TARGETS mqcoap_cli COMPONENT programs)
endif()

# config/mqcoap.yaml refers to it, for completion in editors.
set(schema ${PROJECT_BINARY_DIR}/package/mqcoap.schema.json)
add_custom_command(OUTPUT ${schema} COMMAND mqcoapd --schema > ${schema} DEPENDS mqcoapd VERBATIM)
add_custom_target(schema ALL DEPENDS ${schema})
install(FILES ${schema} DESTINATION ${CMAKE_INSTALL_DATADIR}/mqcoap COMPONENT programs)

if(TARGET mqcoap_cli)
  # Debian's zsh searches vendor-completions instead.
  set(MQCOAP_ZSH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
    "Where the completion for zsh is installed")
  foreach(shell bash zsh fish)
    set(completion ${PROJECT_BINARY_DIR}/package/completion.${shell})
    add_custom_command(OUTPUT ${completion} COMMAND mqcoap_cli completion ${shell} > ${completion}
      DEPENDS mqcoap_cli VERBATIM)
    list(APPEND completions ${completion})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${completions})
  install(FILES ${PROJECT_BINARY_DIR}/package/completion.bash COMPONENT programs
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME mqcoap)
  install(FILES ${PROJECT_BINARY_DIR}/package/completion.zsh COMPONENT programs
    DESTINATION ${MQCOAP_ZSH_COMPLETION_DIR} RENAME _mqcoap)
  install(FILES ${PROJECT_BINARY_DIR}/package/completion.fish COMPONENT programs
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME mqcoap.fish)
endif()

set(doc_dir ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${doc_dir} COMPONENT documentation)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${doc_dir} COMPONENT documentation
  FILES_MATCHING PATTERN *.md)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${doc_dir} COMPONENT documentation)
# Not in the etc folder of the prefix, because that file belongs to the administrator.
install(FILES ${PROJECT_SOURCE_DIR}/config/mqcoap.yaml DESTINATION ${doc_dir} COMPONENT documentation)
